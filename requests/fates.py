"""What becomes of each field of a case."""

from primevox_privacy.fates import Blank, Gone, Keep

FATE = {
    "Submission.*": Keep("channel, capacity, residence and dates, for the figures"),
    "Submission.name": Blank("contact"),
    "Submission.email": Blank("contact"),
    "Submission.email_index": Blank("contact"),
    "Submission.phone": Blank("contact"),
    "Submission.phone_index": Blank("contact"),
    "Submission.also_known_by": Blank("contact"),
    "Message.*": Gone("content"),
    "RightsRequest.*": Keep("right, law, dates and outcome, for the figures"),
    "RightsRequest.wish": Blank("content"),
    "RightsRequest.signed_statement": Blank("record"),
    "DueDate.*": Keep("dates and rules, for the figures"),
    "Extension.*": Keep("dates and reasons, for the figures"),
    "Hold.*": Keep("that and when a hold stood"),
    "Hold.reason": Blank("record"),
    "Reminder.*": Keep("dates, and opaque ids of staff"),
    "Answer.*": Keep("outcome, grounds and dates, for the figures"),
    "Answer.letter": Blank("record"),
    "Appeal.*": Keep("outcome and dates, for the figures"),
    "Appeal.reason": Blank("content"),
    "Appeal.letter": Blank("record"),
    "Draft.*": Gone("draft"),
    "SignIn.*": Keep("a reference as typed; deleted after two days"),
}
