"""What becomes of each field of this app."""

from primevox_privacy.fates import Blank, Keep

FATE = {
    "Letter.*": Keep("that a letter of this kind left, and when; no address, no text"),
    "Letter.address": Blank("contact"),
    "Letter.text": Blank("contact"),
    "Letter.code": Blank("sign_in_code"),
}
