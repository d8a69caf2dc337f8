"""What becomes of each field of this app. Where somebody signed in from is a row of allauth's, which
`sessions.forget` deletes with the session, hourly, eight hours after it began at the latest."""

from primevox_privacy.fates import Keep

FATE = {
    "User.*": Keep("accounts of staff, kept while they work here; the record names them by an opaque id"),
    "Invitation.*": Keep("whom a link was sent to, and when; of the link itself a keyed digest"),
}
