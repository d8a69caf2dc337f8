"""What becomes of each field of the vault."""

from primevox_privacy.fates import Blank, Gone, Keep

FATE = {
    "Check.*": Keep("level, method and date of the check: kept with the record, nothing that was given"),
    "Evidence.*": Gone("proof"),
    "Paper.*": Keep("that a paper was given, when, how big, and what became of it; nothing that stood on it"),
    "Paper.digest": Blank("proof"),
    "Paper.drawn_digest": Blank("proof"),
    "Page.*": Gone("proof"),
    "Code.*": Keep("how often was asked and tried, for the limits; no code"),
    "Code.digest": Blank("sign_in_code"),
    "ContactOnFile.*": Gone("contact"),
    "Certificate.*": Keep("counts, times and digests, signed"),
}
