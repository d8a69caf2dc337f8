"""How far the search for a request is, and what an answer may say before it is done. Reads only.

A list that is not done warns and does not block an answer in part: the date of the law goes on, and a part on that day
is better than none because one owner is silent. Three answers it does block, because they would not be true: that all
is done, that nothing was found, and that something is deleted.
"""

from collections.abc import Iterable
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from requests.inventory.models import Finding, Task, TaskState
from requests.inventory.passes import PASSES, Pass
from requests.models import RightsRequest
from requests.terms import Ending, Right

GONE = frozenset({TaskState.DONE, TaskState.KEPT})
ANSWERED = frozenset({TaskState.FOUND, TaskState.NOTHING_FOUND, TaskState.CANNOT})


def tasks_of(one: RightsRequest, *kinds: Pass) -> list[Task]:
    """The tasks of a request by system; none while its search has not begun."""
    found = Task.objects.filter(checklist__rights_request=one).select_related(
        "system", "owner", "answered_by", "content_key"
    )
    found = found.filter(kind__in=kinds) if kinds else found
    return sorted(found, key=lambda task: (task.kind != Pass.FIND, task.system.name.casefold()))


def counted(tasks: Iterable[Task]) -> tuple[int, int]:
    """How many are answered, and of how many; what was left out does not count."""
    wanted = [task for task in tasks if task.state != TaskState.LEFT_OUT]
    return sum(not task.is_open for task in wanted), len(wanted)


def said(one: RightsRequest) -> str:
    """Such as “3 of 5 systems have answered.” Empty where nothing is searched."""
    parts = []
    for kind, tasks in ((kind, tasks_of(one, kind)) for kind in Pass):
        done, number = counted(tasks)
        if number:
            parts.append(_progress_of(kind, done, number))
    return " ".join(parts)


def _progress_of(kind: Pass, done: int, number: int) -> str:
    if kind is Pass.FIND:
        said = ngettext(
            "%(done)d of %(number)d system has answered.", "%(done)d of %(number)d systems have answered.", number
        )
    else:
        said = ngettext(
            "%(done)d of %(number)d system has said what was deleted.",
            "%(done)d of %(number)d systems have said what was deleted.",
            number,
        )
    return said % {"done": done, "number": number}


def missing(one: RightsRequest, today: date) -> str:
    """Whose answers are missing, who is late first; empty where none is."""
    names: dict[str, bool] = {}
    for task in sorted((task for task in tasks_of(one) if task.is_open), key=lambda task: task.due_on):
        names.setdefault(str(task.owner or task.system.name), task.due_on < today)
    said = ", ".join(_("%(name)s (late)") % {"name": name} if late else name for name, late in names.items())
    return _("Answers of systems are missing from: %(names)s.") % {"names": said} if said else ""


def is_open(one: RightsRequest) -> bool:
    """Whether an owner still has to answer."""
    return any(task.is_open for task in tasks_of(one))


def needs_words(one: RightsRequest) -> bool:
    """Whether owners wait to be told what to search for."""
    waiting = Task.objects.open().filter(checklist__rights_request=one, checklist__search_for=None)
    return waiting.exists()


def can_be_carried_out(one: RightsRequest) -> bool:
    """Whether the second pass can begin: every system has answered, and some that held something were not asked yet."""
    if Pass.CARRY_OUT not in PASSES[Right(one.right)]:
        return False
    found = tasks_of(one, Pass.FIND)
    return bool(found) and not any(task.is_open for task in found) and bool(not_asked(one))


def not_asked(one: RightsRequest) -> list[Task]:
    """Systems that held something and were not asked yet to delete it; also those that could not look."""
    asked = {task.slug for task in tasks_of(one, Pass.CARRY_OUT)}
    held = (TaskState.FOUND, TaskState.CANNOT)
    return [task for task in tasks_of(one, Pass.FIND) if task.state in held and task.slug not in asked]


def kept(one: RightsRequest) -> list[str]:
    """Why something is kept, in the requester's language, each reason once: a letter may cite it."""
    language = one.submission.language
    reasons = [
        task.system.exception(task.exception, language)
        for task in tasks_of(one, Pass.CARRY_OUT)
        if task.state == TaskState.KEPT
    ]
    return list(dict.fromkeys(filter(None, reasons)))


def categories_found(one: RightsRequest) -> set[str] | None:
    """The categories of the systems where something was found; None while the search is not done."""
    tasks = tasks_of(one, Pass.FIND)
    if not tasks or any(task.is_open or task.state == TaskState.CANNOT for task in tasks):
        return None
    return {slug for task in tasks if task.state == TaskState.FOUND for slug in task.system.categories}


def overdue(tasks: Iterable[Task], today: date) -> list[Task]:
    return [task for task in tasks if task.is_open and task.due_on < today]


# --- Before an answer --------------------------------------------------------------------------------------------
def warning(one: RightsRequest) -> str:
    """What stands beside the button of an answer while owners have not answered; empty where none is missing."""
    found = tasks_of(one, Pass.FIND)
    if not any(task.is_open for task in found):
        return ""
    if one.right == Right.DELETE:  # no answer in part, either
        return _why_not_deleted(one, found, Ending.PARTLY) or ""
    return _not_all(found)


def not_with_answer(one: RightsRequest) -> str:
    """Which owners found files that are not with the answer; empty where none did."""
    there = Finding.objects.filter(task__checklist__rights_request=one, package_key__destroyed_at=None)
    left = there.filter(file__isnull=False, in_answer_at=None).values_list("task__system__name", flat=True)
    if not left:
        return ""
    names = ", ".join(sorted(set(left), key=str.casefold))
    return _("Files that were found are not with the answer: %(names)s. Is that meant?") % {"names": names}


def blacked_out(one: RightsRequest) -> str:
    """Which owners took something out of what they found, which an answer has to say; empty where none did."""
    found = tasks_of(one, Pass.FIND)
    names = _names(task for task in found if task.state == TaskState.FOUND and task.blacked_out)
    return (
        _("Something was blacked out in what came from: %(names)s. Does the letter say so?") % {"names": names}
        if names
        else ""
    )


def said_to_reader(one: RightsRequest, ending: str, drafted_at: datetime) -> str:
    """What a second reader has to know of the search: who had not answered when the draft was written."""
    if ending not in (Ending.FULFILLED, Ending.PARTLY, Ending.NOTHING_HELD):
        return ""
    if why_not := why_not_answer(one, ending):
        return why_not
    found = tasks_of(one, Pass.FIND)
    silent = _names(task for task in found if task.is_open)
    later = _names(task for task in found if task.state in ANSWERED and _is_later(task, drafted_at))
    said = []
    if silent:
        said.append(_("Not all systems have answered: %(names)s. Does the letter say so?") % {"names": silent})
    if later:
        words = _("Answered after this letter was written: %(names)s. Does the letter still hold?")
        said.append(words % {"names": later})
    return " ".join(said)


def _is_later(task: Task, moment: datetime) -> bool:
    return task.answered_at is not None and task.answered_at > moment


def _names(tasks: Iterable[Task]) -> str:
    return ", ".join(task.system.name for task in tasks)


def _not_all(found: list[Task]) -> str:
    """Which systems are missing, and what can be done about it."""
    return _(
        "Not all systems have answered: %(names)s. Wait for them, leave a system out with a reason, or choose “Done in "
        "part” and say what is missing."
    ) % {"names": _names(task for task in found if task.is_open)}


def why_not_answer(one: RightsRequest, ending: str) -> str | None:
    """Why an answer with this outcome would not be true yet, in words for staff; None if it can be given."""
    found = tasks_of(one, Pass.FIND)
    if not found:
        return None
    if ending == Ending.NOTHING_HELD:
        return _why_not_nothing(found)
    if one.right == Right.DELETE and ending in (Ending.FULFILLED, Ending.PARTLY):
        return _why_not_deleted(one, found, ending)
    if ending == Ending.FULFILLED and any(task.is_open for task in found):
        return _not_all(found)
    return None


def _why_not_nothing(found: list[Task]) -> str | None:
    if any(task.is_open for task in found):
        return _("Not all systems have answered, so we cannot say that we found nothing.")
    if any(task.state == TaskState.FOUND for task in found):
        return _("A system found something, so this cannot end as “nothing held”.")
    return None


def _why_not_deleted(one: RightsRequest, found: list[Task], ending: str) -> str | None:
    carried_out = tasks_of(one, Pass.CARRY_OUT)
    if any(task.is_open for task in [*found, *carried_out]) or not_asked(one):
        return _("Not every system has said that it deleted what it held. Until then we cannot say so.")
    if ending == Ending.FULFILLED and any(
        task.state not in (TaskState.DONE, TaskState.LEFT_OUT) for task in carried_out
    ):
        return _("A system keeps something. Choose “Done in part”, and say why it is kept.")
    return None
