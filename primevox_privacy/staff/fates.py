"""What becomes of each field of this app."""

from primevox_privacy.fates import Keep

FATE = {
    "User.*": Keep("accounts of staff, kept while they work here; the record names them by an opaque id"),
    "Invitation.*": Keep("whom a link was sent to, and when; of the link itself a keyed digest"),
}
