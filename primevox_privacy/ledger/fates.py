"""What becomes of each field of this app."""

from primevox_privacy.fates import Blank, Keep

FATE = {
    "Event.*": Keep("opaque ids, kinds, times and digests"),
    "Event.actor": Blank("record"),
    "Event.detail": Blank("record"),
    "Event.salt": Blank("record"),
    "Seal.*": Keep("digests and signatures"),
    "Purge.*": Keep("opaque ids of keys that are gone, and when"),
}
