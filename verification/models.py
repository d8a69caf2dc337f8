"""Checks, what was given for them, codes, contacts on file, certificates."""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from primevox_privacy.sealed.fields import SealedTextField
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import KeyField, SealedFile
from verification.levels import AssuranceLevel


class CheckState(models.TextChoices):
    """Where a check stands."""

    OPEN = "open"  # waiting for the requester
    GIVEN = "given"  # waiting for the verifier
    PASSED = "passed"
    NOT_SHOWN = "not_shown"
    NO_RECORD = "no_record"  # the controller holds nothing under what was given


class CheckQuerySet(models.QuerySet["Check"]):
    def to_destroy(self, now: datetime):
        """Checks whose proof is past its end and not yet certified as destroyed."""
        return self.filter(proof_key__ends_at__lte=now, proof_key__held=False).exclude(
            certificate__finished_at__isnull=False
        )


class Check(models.Model):
    """One identity check, which several requests of one person may share."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.UUIDField(db_index=True, help_text="opaque: the submission of the floor above")
    level_asked = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=12, choices=CheckState.choices, default=CheckState.OPEN)
    round = models.PositiveSmallIntegerField(default=1, help_text="how often the requester was asked")
    proof_key = KeyField(Life.PROOF)
    asked_at = models.DateTimeField(default=timezone.now)
    given_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    level_reached = models.PositiveSmallIntegerField(default=AssuranceLevel.T0)
    method = models.CharField(max_length=30, blank=True)
    opens_call_detail = models.BooleanField(default=False, help_text="47 CFR 64.2010; a property of the method")

    objects = CheckQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=CheckState.values), name="check_state_is_known"),
            models.CheckConstraint(condition=Q(level_asked__lte=4, level_reached__lte=4), name="check_levels_exist"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "given"], decided_at=None)
                | Q(state__in=["passed", "not_shown", "no_record"], decided_at__isnull=False),
                name="a_decided_check_has_its_instant",
            ),
            models.CheckConstraint(
                condition=Q(state="passed") | Q(level_reached=0), name="only_a_passed_check_reaches_a_level"
            ),
        ]

    def __str__(self) -> str:
        return f"check {self.pk}"

    @property
    def is_decided(self) -> bool:
        return self.decided_at is not None

    @property
    def asked(self) -> AssuranceLevel:
        return AssuranceLevel(self.level_asked)

    @property
    def reached(self) -> AssuranceLevel:
        return AssuranceLevel(self.level_reached)


class EvidenceKind(models.TextChoices):
    """What can be given to show who somebody is."""

    ACCOUNT_NUMBER = "account_number"
    SERVICE_ADDRESS = "service_address"
    PHONE_ON_ACCOUNT = "phone_on_account"
    SERVICE_BEGAN = "service_began"
    OWN_NUMBER = "own_number"  # of somebody who is no customer: the number they called from or were called on
    OTHER_NUMBER = "other_number"  # the number they called, or that called them
    CALL_DAY = "call_day"
    SITE_ADDRESS = "site_address"  # the e-mail address they typed into a form of our site
    STATEMENT = "statement"
    DOCUMENT = "document"
    AUTHORITY = "authority"


FACTS = (
    EvidenceKind.ACCOUNT_NUMBER,
    EvidenceKind.SERVICE_ADDRESS,
    EvidenceKind.PHONE_ON_ACCOUNT,
    EvidenceKind.SERVICE_BEGAN,
)
FACTS_OF_NON_CUSTOMERS = (
    EvidenceKind.OWN_NUMBER,
    EvidenceKind.OTHER_NUMBER,
    EvidenceKind.CALL_DAY,
    EvidenceKind.SITE_ADDRESS,
)
ALL_FACTS = FACTS + FACTS_OF_NON_CUSTOMERS
PAPERS = (EvidenceKind.DOCUMENT, EvidenceKind.AUTHORITY)


class Evidence(models.Model):
    """One thing that was given. Used for this check and nothing else (policy §8); gone with its proof key."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    check_made = models.ForeignKey(Check, on_delete=models.CASCADE, related_name="evidence")
    kind = models.CharField(max_length=20, choices=EvidenceKind.choices)
    round = models.PositiveSmallIntegerField(default=1)
    proof_key = KeyField(Life.PROOF)
    value = SealedTextField(key="proof_key")
    file = models.ForeignKey(SealedFile, null=True, on_delete=models.SET_NULL, related_name="+")
    matched = models.BooleanField(null=True, help_text="the verifier's comparison; the requester never learns it")
    given_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "facts and statements"
        constraints = [
            models.UniqueConstraint(
                fields=["check_made", "kind", "round"],
                condition=~Q(kind__in=PAPERS),  # of papers there may be several, and a better one may follow
                name="one_of_a_kind_a_round",
            ),
            models.CheckConstraint(condition=Q(kind__in=EvidenceKind.values), name="evidence_kind_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class PaperState(models.TextChoices):
    """What became of a paper."""

    WAITING = "waiting"  # to be scanned and drawn anew
    CLEAN = "clean"  # drawn as clean pages; the original is destroyed
    REFUSED = "refused"  # not to be opened; destroyed
    REMOVED = "removed"  # by who gave it; destroyed


class WhyRefused(models.TextChoices):
    """Why a paper is not opened."""

    NOT_A_PAPER = "not_a_paper"
    EMPTY = "empty"
    INFECTED = "infected"
    LOCKED = "locked"
    NOT_READABLE = "not_readable"
    TOO_MANY_PAGES = "too_many_pages"
    TOO_LARGE = "too_large"  # in pixels
    TOO_HEAVY = "too_heavy"  # in time or memory


class Scanned(models.TextChoices):
    """What the virus scanner said before a paper was opened."""

    NOT_YET = "not_yet"
    CLEAN = "clean"
    OFF = "off"  # there is none here; never so in production


class PaperQuerySet(models.QuerySet["Paper"]):
    def waiting(self):
        """Those whose original is still there to be drawn. What is decided meanwhile is not opened any more."""
        return self.filter(state=PaperState.WAITING, original_key__ends_at=None, original_key__destroyed_at=None)

    def free(self, now: datetime):
        """Of those, the ones that no worker has taken."""
        return self.waiting().filter(Q(leased_until=None) | Q(leased_until__lte=now))

    def usable(self):
        """Seen by a verifier, or soon."""
        return self.filter(state__in=[PaperState.WAITING, PaperState.CLEAN])


class Paper(models.Model):
    """What became of one paper. The row is the queue, and stays when what it is about is gone.

    The original lies under a key of its own, which is destroyed as soon as clean pages are drawn or it is refused. The
    clean pages lie under another, so that a paper taken back is gone for good while the others stay.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    check_made = models.ForeignKey(Check, on_delete=models.CASCADE, related_name="papers")
    piece = models.OneToOneField(Evidence, null=True, on_delete=models.SET_NULL, related_name="paper")
    proof_key = KeyField(Life.PROOF)
    original_key = KeyField(Life.DOCUMENT)
    pages_key = KeyField(Life.DOCUMENT)
    state = models.CharField(max_length=10, choices=PaperState.choices, default=PaperState.WAITING)
    why_refused = models.CharField(max_length=20, choices=WhyRefused.choices, blank=True)
    scanned = models.CharField(max_length=10, choices=Scanned.choices, default=Scanned.NOT_YET)
    size = models.PositiveBigIntegerField(help_text="bytes of the original")
    digest = models.CharField(max_length=64, blank=True, db_index=True, help_text="keyed, of the original")
    drawn_digest = models.CharField(max_length=64, blank=True, db_index=True, help_text="keyed, of the clean pages")
    pages_drawn = models.PositiveSmallIntegerField(default=0)
    is_blank = models.BooleanField(default=False, help_text="nothing can be seen on its pages")
    is_small = models.BooleanField(default=False, help_text="too small to read anything on it")
    tries = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, help_text="until then a worker has taken it")
    given_at = models.DateTimeField(default=timezone.now)

    objects = PaperQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=PaperState.values), name="paper_state_is_known"),
            models.CheckConstraint(
                condition=Q(state="refused", why_refused__in=WhyRefused.values)
                | ~Q(state="refused") & Q(why_refused=""),
                name="a_refused_paper_says_why",
            ),
            models.CheckConstraint(condition=Q(scanned__in=Scanned.values), name="paper_scan_is_known"),
        ]

    def __str__(self) -> str:
        return f"paper {self.pk}"


class Page(models.Model):
    """One clean page: pixels that we encoded ourselves. Goes with its file, or at the latest with the proof."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    paper = models.ForeignKey(Paper, on_delete=models.CASCADE, related_name="pages")
    proof_key = KeyField(Life.PROOF)
    number = models.PositiveSmallIntegerField()
    file = models.ForeignKey(SealedFile, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name_plural = "clean pages"
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["paper", "number"], name="one_page_of_a_number")]

    def __str__(self) -> str:
        return f"page {self.number} of paper {self.paper_id}"


class CodePurpose(models.TextChoices):
    """What a code is good for; one made for one purpose never serves another."""

    SIGN_IN = "sign_in"  # to see one's requests
    ANSWER = "answer"  # to read an answer
    CHECK = "check"  # to show that a contact on file is one's own (T1)
    OLD_CONTACT = "old_way"  # to change how one is reached: the address until now,
    NEW_CONTACT = "new_way"  # and the one from now on; they count only together


class Code(models.Model):
    """A one-time code, as a keyed digest. Who asked how often outlives it; what it was does not."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.UUIDField()
    purpose = models.CharField(max_length=10, choices=CodePurpose.choices)
    to_contact_on_file = models.BooleanField(default=False, help_text="else to the address typed into the form")
    code_key = KeyField(Life.SIGN_IN_CODE)
    digest = models.CharField(max_length=64, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["subject", "purpose", "made_at"])]
        constraints = [
            models.CheckConstraint(condition=Q(purpose__in=CodePurpose.values), name="code_purpose_is_known"),
            models.CheckConstraint(condition=Q(tries__lte=5), name="five_tries_a_code"),
        ]

    def __str__(self) -> str:
        return f"code {self.pk}"


class ContactOnFile(models.Model):
    """A contact that the controller's own record holds, entered by a verifier. Never shown to the requester."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.UUIDField(db_index=True)
    contact_key = KeyField(Life.CONTACT)
    email = SealedTextField(key="contact_key")
    on_file_since = models.DateField(help_text="since when the controller's record holds it")
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(default=timezone.now)
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject"], condition=Q(replaced_at=None), name="one_contact_on_file_in_use"
            )
        ]

    def __str__(self) -> str:
        return f"contact on file {self.pk}"


class Certificate(models.Model):
    """What was destroyed, when, by which rule. Holds counts, never content; the requester can check it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    check_made = models.OneToOneField(Check, on_delete=models.PROTECT, related_name="certificate")
    classes = models.JSONField(default=dict, help_text="how many of what, counted before destruction began")
    begun_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    beyond_recovery_on = models.DateField(null=True)
    signed_text = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"certificate {self.pk}"
