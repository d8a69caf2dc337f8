"""A desk with something of every kind on it: for tests that go to every address there is.

`Desk().things_of(user)` makes a case with its files and search, one with a paper, one with a second look, a saved view
and tasks, all in the hands of that person; `things.address(route)` is where they are found.
"""

import re
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from primevox_privacy.staff.models import User
from requests import appeals, documents, levels, packages, workflow
from requests.answers import Draft
from requests.assurance import Cell, Sensitivity
from requests.inventory import changing
from requests.inventory.models import Finding, Task, TaskState
from requests.models import Appeal, Attachment, PackageFile, Playbook, RightsRequest, SavedView
from requests.playbooks import keeping
from requests.terms import Capacity, Ending, Right, Role
from tests import hostile_files as made
from tests.cast import ask, fresh, person, prove
from tests.papers import drawn, received
from tests.test_searching import TAX, answers
from verification.levels import AssuranceLevel
from verification.models import Evidence

APPS = re.compile(r"(?<=<app_label>)[a-z|]+")  # in another order each time
NOWHERE = uuid.UUID(int=7)


def patterns(resolver: URLResolver | None = None, before: str = "") -> list[tuple[str, URLPattern]]:
    """Every address as it is written, with its pattern."""
    found: list[tuple[str, URLPattern]] = []
    for one in (resolver or get_resolver()).url_patterns:
        route = before + APPS.sub("…", str(one.pattern))
        found += patterns(one, route) if isinstance(one, URLResolver) else [(route, one)]
    return found


@dataclass(frozen=True)
class Things:
    """The ids of what somebody has on the desk."""

    user: Any = NOWHERE
    case: uuid.UUID = NOWHERE
    reference: str = "N0B0DYSXJ"  # well formed, and given to nobody
    asked: uuid.UUID = NOWHERE  # a case in which a document was asked for
    paper: uuid.UUID = NOWHERE
    appeal: uuid.UUID = NOWHERE
    refused: uuid.UUID = NOWHERE
    view: uuid.UUID = NOWHERE
    message_file: uuid.UUID = NOWHERE
    answer_file: uuid.UUID = NOWHERE
    finding: uuid.UUID = NOWHERE
    task: uuid.UUID = NOWHERE
    answered: uuid.UUID = NOWHERE
    rule: uuid.UUID = NOWHERE
    playbook: uuid.UUID = NOWHERE
    version: uuid.UUID = NOWHERE

    def address(self, route: str) -> str:
        """Where a route leads to these things."""
        made = {
            "<uuid:pk>": self._pk(route), "<uuid:paper>": self.paper, "<uuid:finding>": self.finding,
            "<uuid:other>": self.refused, "<int:pk>": 1, "<int:year>": 2026, "<slug:form>": "csv",
            "<slug:right>": "access", "<slug:sensitivity>": "sensitive", "<slug:capacity>": "agent",
            "<slug:verb>": "take", "<slug:kind>": "category", "<int:number>": 1,
            "systems/<slug:name>": "systems/billing", "<slug:name>": "payment", "<str:token>": "0" * 32,
            "<path:content_type_id>/<path:object_id>": f"1/{self.user}", "<path:object_id>": self.user,
            "<id>": self.user, "^(?P<app_label>…)/$": "staff/", "(?P<url>.*)$": "no/such/page",
            "<reference:reference>": self.reference, "<right:right>": "opt-out", "<day:effective_on>": "2023-06-01",
        }  # fmt: skip
        for written, real in made.items():
            route = route.replace(written, str(real))
        assert "<" not in route, f"no example for {route}"
        return f"/{route}"

    def _pk(self, route: str) -> Any:
        kinds = {
            "/staff/": self.user, "/appeal/": self.appeal, "/views/": self.view, "message-files": self.message_file,
            "answer-files": self.answer_file, "/papers/": self.asked, "/answered/": self.answered, "/task/": self.task,
            "/levelrule/": self.rule, "/playbooks/versions/": self.version, "/playbooks/": self.playbook,
            "answer/files": self.answer_file, "all/files": self.message_file,
            "all/document": self.paper,
        }  # fmt: skip
        return next((pk for part, pk in kinds.items() if part in route), self.case)


@dataclass
class Desk:
    """Who works here, and two systems to search."""

    tess: User = field(default_factory=lambda: person("Tess", Role.TRIAGE))
    vera: User = field(default_factory=lambda: person("Vera", Role.VERIFIER))
    abe: User = field(default_factory=lambda: person("Abe", Role.APPROVER))
    ada: User = field(default_factory=lambda: person("Ada", Role.ADMINISTRATOR))
    cora: User = field(default_factory=lambda: person("Cora", Role.COLLECTOR))

    def __post_init__(self) -> None:
        for name in ("Billing", "Website"):
            given: dict[str, Any] = {"name": name, "owner": self.cora, "categories": ["payment"], "active": True}
            given |= {"retention_en": "", "retention_es": "", "exceptions": [TAX]}
            changing.change_system(None, given, "We found it", by=self.ada)
        cell = Cell(Right.CORRECT, Sensitivity.ORDINARY, Capacity.SELF)
        tomorrow = timezone.now() + timedelta(days=1)
        self.rule = levels.propose(cell, AssuranceLevel.T1, "Less is enough.", tomorrow, by=self.ada)
        book = Playbook.objects.filter(language="en").order_by("title").first()
        assert book
        self.version = keeping.propose(book, "We answer by {due}.", "Shorter.", tomorrow, by=self.abe)

    def things_of(self, user: User) -> Things:
        case, task, answered = self._case()
        asked, paper = self._asked()
        refused, appeal = self._refused()
        mine = RightsRequest.objects.filter(pk__in=[case.pk, asked.pk, refused.pk])
        mine.update(handler=user)
        Appeal.objects.filter(pk=appeal.pk).update(handler=user)
        Task.objects.filter(pk__in=[task.pk, answered.pk]).update(owner=user)
        return Things(
            user=user.pk,
            case=case.pk,
            reference=case.reference,
            asked=asked.pk,
            paper=paper.pk,
            appeal=appeal.pk,
            refused=refused.pk,
            view=SavedView.objects.create(owner=user, name=f"Mine {case.reference}", query="handler=me").pk,
            message_file=Attachment.objects.get(message__rights_request=case).pk,
            answer_file=PackageFile.objects.get(package__rights_request=case).pk,
            finding=Finding.objects.get(task=answered).pk,
            task=task.pk,
            answered=answered.pk,
            rule=self.rule.pk,
            playbook=self.version.playbook_id,
            version=self.version.pk,
        )

    def _case(self) -> tuple[RightsRequest, Task, Task]:
        """In work, proven, searched for, with a file of every kind."""
        one = ask(Right.ACCESS)
        workflow.reply(one, "See the bill.", [received("bill.csv", b"a,b")])
        workflow.take(fresh(one), by=self.abe)
        prove(fresh(one), self.vera)
        answers(one, "Billing", TaskState.FOUND, files=[received("found.csv", b"a,b")])
        packages.add(fresh(one), [received("copy.csv", b"a,b")], by=self.abe)
        tasks = Task.objects.filter(checklist__rights_request=one)
        return one, tasks.get(system__name="Website"), tasks.get(system__name="Billing")

    def _asked(self) -> tuple[RightsRequest, Evidence]:
        """A document was asked for, given and drawn anew."""
        one = ask(Right.PORTABILITY)
        documents.ask_for(one, "Your name is common, and two customers fit.", by=self.vera)
        documents.give(fresh(one).submission, [received("license.jpg", made.jpeg())])
        piece = Evidence.objects.get(kind="document", check_made=fresh(one).submission.check_made)
        drawn(piece, made.jpeg())
        return one, piece

    def _refused(self) -> tuple[RightsRequest, Appeal]:
        """Refused, and a second look asked for."""
        one = ask(Right.OPT_OUT, wishes={Right.OPT_OUT: "972-555-0177"})
        workflow.take(one, by=self.tess)
        refusal = Draft(Ending.REFUSED, reason="No.", grounds=("policy_7_unfounded",))
        workflow.answer(fresh(one), refusal, by=self.tess)
        workflow.release(fresh(one), by=self.abe)
        return one, appeals.file(fresh(one), "It is mine.", by=workflow.REQUESTER)
