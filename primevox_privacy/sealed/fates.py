"""What becomes of each field of this app."""

from primevox_privacy.fates import Blank, Keep

FATE = {
    "DataKey.*": Keep("opaque ids and times; the key itself is overwritten, and certificates rest on the row"),
    "SealedFile.*": Keep("deleted together with the key that it lies under"),
    "SealedFile.name": Blank("file"),
}
