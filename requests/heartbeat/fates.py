"""What becomes of each field of this app."""

from primevox_privacy.fates import Blank, Keep

FATE = {
    "Walk.*": Keep("times and steps of a test of our own; about nobody"),
    "Walk.cookies": Blank("sign_in_code"),
    "Walk.code": Blank("sign_in_code"),
}
