"""The rows of a case. Ids are opaque; what a person typed is sealed; dates and outcomes are plain.

submission.py   who asked, how to reach them, what they wrote     case.py     one right, its clock and state
answer.py       what we answered, and appeals against it          doorway.py  drafts and sign-ins
"""

from requests.models.answer import Answer, Appeal
from requests.models.case import DueDate, Extension, Hold, Reminder, RightsRequest
from requests.models.doorway import Draft, SignIn
from requests.models.submission import Message, Submission

__all__ = [
    "Answer",
    "Appeal",
    "Draft",
    "DueDate",
    "Extension",
    "Hold",
    "Message",
    "Reminder",
    "RightsRequest",
    "SignIn",
    "Submission",
]
