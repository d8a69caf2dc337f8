"""The rows of a case. Ids are opaque; what a person typed is sealed; dates and outcomes are plain.

submission.py   who asked, for whom, what they wrote              case.py     one right, its clock and state
answer.py       what we answered, and appeals against it          doorway.py  drafts and sign-ins
"""

from requests.models.answer import Answer, Appeal, Package, PackageFile
from requests.models.case import DueDate, Extension, Fee, Hold, Reminder, RightsRequest
from requests.models.doorway import Draft, SignIn
from requests.models.submission import Attachment, Message, Representation, StopLink, Submission

__all__ = [
    "Answer",
    "Appeal",
    "Attachment",
    "Draft",
    "DueDate",
    "Extension",
    "Fee",
    "Hold",
    "Message",
    "Package",
    "PackageFile",
    "Reminder",
    "Representation",
    "RightsRequest",
    "SignIn",
    "StopLink",
    "Submission",
]
