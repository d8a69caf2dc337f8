"""What becomes of each field of this app."""

from primevox_privacy.fates import Blank, Keep

FATE = {
    "PolicyVersion.*": Keep("what the controller published, and when; about nobody"),
    "PolicyVersion.salt": Blank("contact"),
}
