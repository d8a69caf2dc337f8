"""What becomes of each field of this app."""

from primevox_privacy.fates import Keep

FATE = {"Counter.*": Keep("keyed digests, deleted after two days")}
