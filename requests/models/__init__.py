"""The rows of a case. Ids are opaque; what a person typed is sealed; dates and outcomes are plain.

submission.py   who asked, for whom, what they wrote              case.py     one right, its clock and state
answer.py       what we answered, and appeals against it          doorway.py  drafts and sign-ins
levels.py       what was decided about how sure we need to be     coming_back.py   new contacts, unsent messages
desk.py         what staff keep for their own work
playbooks.py    texts that staff start from, in versions
receipts.py     receipt times put right
together.py     staff at one case: kept texts, presence
"""

from requests.models.answer import Answer, Appeal, Package, PackageFile
from requests.models.case import DueDate, Extension, Fee, Hold, Pause, Reminder, RightsRequest
from requests.models.coming_back import ContactChange, UnsentMessage
from requests.models.desk import SavedView
from requests.models.doorway import Draft, SignIn
from requests.models.levels import LevelChange, LevelRule
from requests.models.playbooks import Playbook, PlaybookVersion
from requests.models.receipts import ReceiptChange
from requests.models.submission import Attachment, Message, Representation, StopLink, Submission
from requests.models.together import KeptText, Presence

__all__ = [
    "Answer",
    "Appeal",
    "Attachment",
    "ContactChange",
    "Draft",
    "DueDate",
    "Extension",
    "Fee",
    "Hold",
    "KeptText",
    "LevelChange",
    "LevelRule",
    "Message",
    "Package",
    "PackageFile",
    "Pause",
    "Playbook",
    "PlaybookVersion",
    "Presence",
    "ReceiptChange",
    "Reminder",
    "Representation",
    "RightsRequest",
    "SavedView",
    "SignIn",
    "StopLink",
    "Submission",
    "UnsentMessage",
]
