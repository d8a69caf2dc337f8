"""Papers from upload to clean pages: scanned, drawn anew, the original destroyed, whatever happens on the way."""

import os
import subprocess
import sys
import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.utils import timezone
from time_machine import travel

from primevox_privacy.health.checks import State
from primevox_privacy.ledger.models import Event
from primevox_privacy.outbox.models import Letter
from primevox_privacy.sealed import files, forgetting
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import DataKey, SealedFile
from requests import holds, workflow
from tests import hostile_files as made
from tests.canaries import below
from tests.cast import fresh
from tests.fake_clamd import Clamd
from tests.papers import drawn, received
from tests.test_destruction import Killed, kill_at
from verification import checks, clean_pages, destruction, overdue, redraw, redraw_child, scanning
from verification.clean_pages import Flag, NotToBeOpened
from verification.levels import AssuranceLevel
from verification.models import Check, CheckState, Evidence, EvidenceKind, Page, Paper, PaperState, Scanned, WhyRefused
from verification.redraw import Drawn, NotDrawn
from verification.scanning import Verdict

DOCUMENT = EvidenceKind.DOCUMENT
LATER = clean_pages.LEASE + timedelta(seconds=1)


def begun() -> Check:
    check = checks.begin(uuid.uuid4(), AssuranceLevel.T4)
    check.proof_key.save(force_insert=True)
    check.save(force_insert=True)
    return check


@pytest.fixture
def check(db) -> Check:
    """Somebody is asked for a document."""
    return begun()


@pytest.fixture
def quick(monkeypatch) -> list[bytes]:
    """Drawing without a child: two pages of whatever was sent. What was drawn."""
    seen: list[bytes] = []

    def draw(kind: str, paper: bytes) -> list[Drawn]:
        seen.append(paper)
        return [Drawn(b"page %d of " % number + paper[:4], False, False) for number in (1, 2)]

    monkeypatch.setattr(redraw, "draw", draw)
    return seen


def give(check: Check, content: bytes = b"", name: str = "photo.jpg") -> Paper:
    return Paper.objects.get(piece=checks.give_file(check, DOCUMENT, received(name, content or made.jpeg())))


def same(paper: Paper) -> Paper:
    return Paper.objects.select_related("check_made", "original_key", "pages_key").get(pk=paper.pk)


def kept() -> bytes:
    return below(configured.SEALED_FILES_DIR)


# --- Drawn ---------------------------------------------------------------------------------------------------------
def test_of_a_paper_clean_pages_are_left_and_the_original_is_destroyed(check, vera):
    content = made.jpeg(exif=made.place_and_camera())
    paper = give(check, content)
    original = Evidence.objects.get(paper=paper).file
    assert original is not None
    copied = original.path.read_bytes()
    assert clean_pages.draw_owed() == 1
    paper = same(paper)
    assert (paper.state, paper.pages_drawn, paper.scanned) == (PaperState.CLEAN, 1, Scanned.OFF)
    assert paper.original_key.wrapped is None
    assert not original.path.exists()
    assert copied not in kept()
    assert copied[20:2000] not in kept()
    assert [one.key_id for one in SealedFile.objects.all()] == [paper.pages_key_id]
    (page,) = clean_pages.look(paper, "compare", by=vera)
    assert page.startswith(b"\xff\xd8")
    assert made.CANARY not in page


def test_never_does_a_paper_or_a_page_lie_in_plain_on_a_disk(check, monkeypatch, tmp_path):
    looked: list[bytes] = []
    really = redraw.draw

    def draw(kind: str, paper: bytes) -> list[Drawn]:
        looked.append(below(tmp_path))
        pages = really(kind, paper)
        looked.append(below(tmp_path))
        return pages

    monkeypatch.setattr(redraw, "draw", draw)
    give(check)
    clean_pages.draw_owed()
    looked.append(below(tmp_path))
    assert len(looked) == 3
    for places in looked:
        assert b"JFIF" not in places
    assert b"PVX1" in looked[0]


def test_a_paper_is_drawn_once(check, quick):
    give(check)
    assert [clean_pages.draw_owed() for _ in range(3)] == [1, 0, 0]
    assert len(quick) == 1


def test_what_another_worker_took_is_left_to_it(check, quick):
    paper = give(check)
    Paper.objects.filter(pk=paper.pk).update(leased_until=timezone.now() + timedelta(minutes=1))
    assert clean_pages.draw_owed() == 0
    with travel(timezone.now() + timedelta(minutes=2)):
        assert clean_pages.draw_owed() == 1


def test_of_two_workers_the_slower_one_writes_nothing(check, monkeypatch):
    """The first is so slow that its lease ran out, and another has drawn the paper meanwhile."""
    paper = give(check)
    answers: list[bytes] = []

    def draw(kind: str, content: bytes) -> list[Drawn]:
        if not answers:
            answers.append(b"second")
            with travel(timezone.now() + LATER):
                assert clean_pages.draw_owed() == 1
            return [Drawn(b"slow", False, False)]
        return [Drawn(b"quick", False, False)]

    monkeypatch.setattr(redraw, "draw", draw)
    assert clean_pages.draw_owed() == 0
    assert [b"".join(page.file.chunks()) for page in clean_pages.pages_kept(same(paper))] == [b"quick"]


def test_a_paper_that_takes_its_worker_down_is_let_go_after_three_times(check, monkeypatch):
    paper = give(check)
    now = timezone.now()
    for time in range(clean_pages.MOST_TRIES):
        kill_at(monkeypatch, redraw, "draw", 0)
        with travel(now + time * LATER, tick=False), pytest.raises(Killed):
            clean_pages.draw_owed()
        monkeypatch.undo()
    with travel(now + clean_pages.MOST_TRIES * LATER, tick=False):
        assert clean_pages.draw_owed() == 1
    assert (same(paper).state, same(paper).why_refused) == (PaperState.REFUSED, WhyRefused.TOO_HEAVY)
    assert same(paper).original_key.wrapped is None


def test_a_paper_that_cannot_be_used_is_destroyed_and_the_requester_is_told(rosas_request):
    check = rosas_request.submission.check_made
    Check.objects.filter(pk=check.pk).update(level_asked=AssuranceLevel.T4)
    checks.give_documents(check, [received("x.pdf", made.locked_pdf())])
    assert check.state == CheckState.GIVEN
    clean_pages.draw_owed()
    paper = Paper.objects.get()
    assert (paper.state, paper.why_refused) == (PaperState.REFUSED, WhyRefused.LOCKED)
    assert not SealedFile.objects.exists()
    check.refresh_from_db()
    assert check.state == CheckState.OPEN, "it waits for the requester again"
    assert Letter.objects.filter(key=f"paper:{paper.pk}", kind="task_waiting").exists()


def test_while_one_paper_can_still_be_used_the_check_waits_for_the_verifier(check, monkeypatch):
    answers = iter([NotDrawn(WhyRefused.NOT_READABLE), [Drawn(b"page", False, False)]])

    def draw(kind: str, content: bytes) -> list[Drawn]:
        answer = next(answers)
        if isinstance(answer, NotDrawn):
            raise answer
        return answer

    monkeypatch.setattr(redraw, "draw", draw)
    checks.give_documents(check, [received("a.jpg", made.jpeg()), received("b.jpg", made.jpeg())])
    clean_pages.draw_owed()
    check.refresh_from_db()
    assert check.state == CheckState.GIVEN


# --- Killed at any step --------------------------------------------------------------------------------------------
STEPS: list[tuple[object, str]] = [
    (clean_pages, "_taken"),
    (clean_pages, "_settle"),
    (clean_pages, "_original"),
    (scanning, "scan"),
    (clean_pages, "kind_of"),
    (redraw, "draw"),
    (clean_pages, "_keep"),
    (clean_pages, "_in_turn"),
    (clean_pages, "_still_taken"),
    (clean_pages, "_file_of_page"),
    (files, "write"),
    (SealedFile, "save"),
    (clean_pages, "blind_index"),
    (clean_pages, "_write_state"),
    (clean_pages, "seen_elsewhere"),
    (clean_pages, "record"),
    (clean_pages, "destroy_ended"),
    (clean_pages, "forget_leftovers"),
    (forgetting, "destroy"),
    (forgetting, "key_fields"),
    (forgetting, "_empty_rows"),
    (forgetting.DataKey, "refresh_from_db"),
]


@pytest.mark.parametrize("seen_before", [0, 1])
@pytest.mark.parametrize(("where", "step"), STEPS, ids=[step for _where, step in STEPS])
def test_killed_at_any_step_the_next_sweep_ends_it(check, quick, monkeypatch, where, step, seen_before):
    paper = give(check)
    original = Evidence.objects.get(paper=paper).file
    assert original is not None
    lying = original.path
    with monkeypatch.context() as death, pytest.raises(Killed) if seen_before == 0 else suppress(Killed):
        kill_at(death, where, step, seen_before)
        clean_pages.draw_owed()
    with travel(timezone.now() + LATER):
        clean_pages.draw_owed()
    paper = same(paper)
    assert (paper.state, paper.pages_drawn) == (PaperState.CLEAN, 2)
    assert [b"".join(page.file.chunks())[:6] for page in clean_pages.pages_kept(paper)] == [b"page 1", b"page 2"]
    assert not lying.exists()
    assert paper.original_key.wrapped is None
    assert paper.original_key.emptied_at is not None
    assert Event.objects.filter(kind="paper_drawn", about=check.pk).count() == 1
    assert on_disk() == {page.file.path for page in clean_pages.pages_kept(paper)}


def on_disk() -> set[Path]:
    folder = Path(configured.SEALED_FILES_DIR)
    return {path for path in folder.rglob("*") if path.is_file() and path.parent.name != "incoming"}


@pytest.mark.parametrize(
    "step", [(files, "write"), (SealedFile, "save"), (clean_pages, "_write_state")], ids=["write", "save", "state"]
)
def test_what_a_killed_worker_left_goes_with_the_decision(check, quick, monkeypatch, vera, step):
    give(check)
    kill_at(monkeypatch, *step, 1 if step[1] != "_write_state" else 0)
    with pytest.raises(Killed):
        clean_pages.draw_owed()
    monkeypatch.undo()
    assert on_disk()
    checks.no_record(check, by=vera)
    destruction.destroy_owed()
    assert on_disk() == set()


# --- Decided, held, taken back ---------------------------------------------------------------------------------------
def test_what_is_decided_while_it_is_drawn_is_not_kept(check, monkeypatch, vera):
    paper = give(check)

    def draw(kind: str, content: bytes) -> list[Drawn]:
        checks.no_record(Check.objects.get(pk=check.pk), by=vera)
        return [Drawn(b"page", False, False)]

    monkeypatch.setattr(redraw, "draw", draw)
    assert clean_pages.draw_owed() == 0
    assert not Page.objects.exists()
    assert same(paper).original_key.wrapped is None
    assert same(paper).pages_key.wrapped is None


def test_what_was_decided_is_not_drawn_any_more(check, quick, vera):
    give(check)
    checks.no_record(check, by=vera)
    assert clean_pages.draw_owed() == 0
    assert quick == []


def test_clean_pages_go_with_the_decision(check, vera):
    paper = drawn(checks.give_file(check, DOCUMENT, received("x.jpg", made.jpeg())), b"page")
    copied = {path: path.read_bytes() for path in on_disk()}
    checks.no_record(check, by=vera)
    destruction.destroy_owed()
    assert on_disk() == set()
    assert not Page.objects.exists()
    assert set(clean_pages.keys_of([check.pk]).values_list("wrapped", flat=True)) == {None}
    assert len(copied) == 2
    with pytest.raises(NotToBeOpened):
        clean_pages.look(same(paper), "compare", by=vera)


def test_a_hold_keeps_the_original_too_until_it_is_lifted(rosas_request, abe, quick):
    check = rosas_request.submission.check_made
    held = holds.place(rosas_request, "A dispute.", abe, timezone.localdate() + timedelta(days=9), by=abe)
    paper = give(check)
    clean_pages.draw_owed()
    destruction.destroy_owed()
    assert same(paper).original_key.wrapped is not None
    assert same(paper).pages_drawn == 2
    holds.lift(held, by=abe)
    destruction.destroy_owed()
    assert same(paper).original_key.wrapped is None
    assert same(paper).pages_key.wrapped is not None


def test_what_somebody_takes_back_is_destroyed_at_once(check, quick, django_capture_on_commit_callbacks, vera):
    first, second = give(check), give(check, made.png())
    clean_pages.draw_owed()
    with django_capture_on_commit_callbacks(execute=True):
        assert clean_pages.remove(same(first))
    assert same(first).state == PaperState.REMOVED
    assert (same(first).pages_key.wrapped, same(first).digest, same(first).drawn_digest) == (None, "", "")
    assert len(on_disk()) == 2
    assert len(clean_pages.look(same(second), "compare", by=vera)) == 2
    assert not clean_pages.remove(same(first)), "once is enough"


def test_taken_back_by_a_process_that_dies_it_goes_with_the_next_sweep(check, quick):
    paper = give(check)
    clean_pages.draw_owed()
    clean_pages.remove(same(paper))  # nothing that follows the commit is run here
    assert on_disk()
    clean_pages.draw_owed()
    assert on_disk() == set()
    assert same(paper).pages_key.wrapped is None


def test_what_is_taken_back_while_it_is_drawn_stays_away(check, monkeypatch):
    paper = give(check)

    def draw(kind: str, content: bytes) -> list[Drawn]:
        assert clean_pages.remove(same(paper))
        return [Drawn(b"page", False, False)]

    monkeypatch.setattr(redraw, "draw", draw)
    clean_pages.draw_owed()
    assert same(paper).state == PaperState.REMOVED
    assert not Page.objects.exists()
    assert on_disk() == set()


def test_nothing_is_taken_back_after_the_decision(check, quick, vera):
    paper = give(check)
    checks.no_record(check, by=vera)
    assert not clean_pages.remove(same(paper))
    assert same(paper).state == PaperState.WAITING


def test_five_papers_are_enough_and_one_taken_back_makes_room(check):
    papers = [give(check) for _ in range(checks.MOST_PAPERS)]
    with pytest.raises(checks.CheckNotAllowed):
        give(check)
    clean_pages.remove(papers[0])
    give(check)


def test_no_document_is_taken_that_nobody_asked_for(rosas_request):
    with pytest.raises(checks.CheckNotAllowed):
        checks.give_documents(rosas_request.submission.check_made, [received("x.jpg", made.jpeg())])
    assert not Paper.objects.exists()


# --- A document reaches T4 -------------------------------------------------------------------------------------------
def test_a_document_counts_for_who_has_opened_it(check, quick, vera, abe):
    checks.give_documents(check, [received("x.jpg", made.jpeg())])
    with pytest.raises(checks.CheckNotAllowed):
        checks.decide(check, "document", [], by=vera)
    clean_pages.draw_owed()
    paper = same(Paper.objects.get())
    clean_pages.look(paper, "compare", by=abe)
    with pytest.raises(checks.CheckNotAllowed):
        checks.decide(check, "document", [], by=vera)
    clean_pages.look(paper, "compare", by=vera)
    assert checks.decide(check, "document", [], by=vera) == AssuranceLevel.T4
    assert not check.opens_call_detail


def test_a_document_of_an_earlier_round_does_not_count(check, quick, vera):
    checks.give_documents(check, [received("x.jpg", made.jpeg())])
    clean_pages.draw_owed()
    clean_pages.look(same(Paper.objects.get()), "compare", by=vera)
    checks.ask_again(check, by=vera)
    with pytest.raises(checks.CheckNotAllowed):
        checks.decide(check, "document", [], by=vera)


# --- Flags -------------------------------------------------------------------------------------------------------
def test_the_same_file_in_another_open_request_is_marked_in_both(quick, db):
    first, second = give(begun()), give(begun())
    assert clean_pages.flags(same(first)) == [Flag.SEEN_ELSEWHERE]
    assert clean_pages.seen_elsewhere(same(second)) == [first.check_made.subject]
    clean_pages.draw_owed()
    assert Event.objects.filter(kind="paper_seen_before").count() == 2


def test_the_same_picture_in_another_file_is_marked_too(db):
    """Without the place, or with something behind it, it is still the same picture."""
    first, second = give(begun()), give(begun(), made.jpeg(exif=made.place_and_camera()) + b"tail")
    assert clean_pages.flags(same(first)) == []
    clean_pages.draw_owed()
    assert Flag.SEEN_ELSEWHERE in clean_pages.flags(same(first))
    assert Flag.SEEN_ELSEWHERE in clean_pages.flags(same(second))


def test_the_same_file_twice_from_one_person_is_no_news(check, quick):
    give(check)
    assert Flag.SEEN_ELSEWHERE not in clean_pages.flags(same(give(check)))


def test_what_a_closed_request_held_is_not_known_any_more(quick, db):
    first = give(begun())
    DataKey.objects.filter(pk=first.proof_key_id).update(ends_at=timezone.now())
    destruction.destroy_owed()
    assert (same(first).digest, same(first).state) == ("", PaperState.WAITING)
    assert clean_pages.flags(same(give(begun()))) == []


def test_the_digest_of_a_paper_needs_our_key(check, settings):
    paper = give(check)
    settings.INDEX_KEY = b"another"
    assert give(check).digest != paper.digest


# --- The scanner -------------------------------------------------------------------------------------------------
@pytest.fixture(params=["tcp", "unix"])
def clamd(request, tmp_path, settings):
    with Clamd(str(tmp_path / "clamd") if request.param == "unix" else "") as daemon:
        settings.CLAMD_URL = daemon.address
        yield daemon


@pytest.mark.parametrize("size", [0, 1, scanning.PIECE, scanning.PIECE + 1, 3_000_000])
def test_the_scanner_gets_the_whole_paper_and_says_it_is_clean(clamd, size):
    content = os.urandom(size)
    assert scanning.scan(content) is Verdict.CLEAN
    assert clamd.server.heard == [b"zINSTREAM\0"]
    assert clamd.server.scanned == [content]


def test_the_scanner_finds_a_virus(clamd):
    assert scanning.scan(b"%PDF" + made.EICAR) is Verdict.FOUND


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\0",
        b"stream: OK",
        b"stream: OK but not quite\0",
        b"INSTREAM size limit exceeded. ERROR\0",
        b"OK\0",
        b"\xff",
    ],
)
def test_what_is_no_clear_word_is_no_clean_paper(clamd, answer):
    clamd.server.answers = answer
    assert scanning.scan(b"a paper") in ({Verdict.CLEAN} if answer == b"stream: OK" else {Verdict.AWAY})


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "unix:///no/such/socket", "http://127.0.0.1", "tcp://", "x"])
def test_a_scanner_that_does_not_answer_is_away(settings, address):
    settings.CLAMD_URL = address
    assert scanning.scan(b"a paper") is Verdict.AWAY


def test_a_scanner_that_takes_its_time_is_away_before_another_worker_takes_the_paper(clamd, monkeypatch):
    monkeypatch.setattr(scanning, "monotonic", count(step=9).__next__)  # nine seconds at each step
    assert scanning.scan(b"a paper") is Verdict.AWAY
    assert clean_pages.LEASE.total_seconds() > scanning.TIMEOUT + redraw.WALL_SECONDS


def test_while_the_scanner_is_away_nothing_is_opened_and_no_try_is_lost(check, quick, settings):
    settings.CLAMD_URL = "tcp://127.0.0.1:1"
    paper = give(check)
    now = timezone.now()
    for time in range(10):
        with travel(now + time * timedelta(minutes=2), tick=False):
            assert clean_pages.draw_owed() == 0
    assert quick == []
    with Clamd() as daemon, travel(now + timedelta(minutes=30), tick=False):
        settings.CLAMD_URL = daemon.address
        assert clean_pages.draw_owed() == 1
    assert (same(paper).state, same(paper).scanned) == (PaperState.CLEAN, Scanned.CLEAN)


def test_production_without_a_scanner_opens_nothing(check, quick, settings):
    settings.PRODUCTION = True
    paper = give(check)
    clean_pages.draw_owed()
    assert (same(paper).state, same(paper).tries, quick) == (PaperState.WAITING, 0, [])


def test_a_try_without_a_scanner_is_marked(check, quick, settings):
    paper = give(check)
    clean_pages.draw_owed()
    assert Flag.NOT_SCANNED in clean_pages.flags(same(paper))


def test_another_scanner_is_a_dotted_path_away(settings):
    settings.SCANNER = "tests.test_papers.suspicious"
    assert scanning.is_configured()
    assert scanning.scan(b"a paper") is Verdict.FOUND


def suspicious(paper: bytes) -> Verdict:
    return Verdict.FOUND


def test_a_paper_that_waits_for_an_hour_is_seen_by_health(check, quick, settings):
    settings.PRODUCTION = True
    give(check)
    now = timezone.now()
    assert overdue.papers_are_drawn(now).state == State.OK
    assert overdue.papers_are_drawn(now + timedelta(minutes=61)).state == State.RED
    settings.PRODUCTION = False
    clean_pages.draw_owed()
    assert overdue.papers_are_drawn(now + timedelta(minutes=61)).state == State.OK


# --- The child ---------------------------------------------------------------------------------------------------
ESCAPES = {
    "open a file": "open('/etc/passwd')",
    "write a file": "open('/tmp/canary', 'w')",
    "make a socket": "socket.socket()",
    "make a pipe": "os.pipe()",
    "make a process": "os.fork()",
    "start a program": "os.execv('/bin/true', ['true'])",
    "end its parent": "os.kill(parent, 0)",
    "delete a file": "os.unlink('/tmp/no-such-file')",
    "become root again": "os.setuid(0)",
    "take 600 megabytes": "bytearray(600_000_000)",
    "look up a name": "socket.getaddrinfo('example.org', 80)",
}
PROBE = """
import os, runpy, socket, sys
child = runpy.run_path({child!r}, run_name="child")
child["prepared"]()
parent = os.getppid()
{before}
child["shut"](5)
said = []
for what in {escapes!r}:
    try:
        eval(what)
        said.append("done")
    except (OSError, MemoryError) as no:
        said.append("no")
os.write(1, " ".join(said).encode())
"""
AS_SOMEBODY = "os.setresgid(1234, 1234, 1234); os.setresuid(1234, 1234, 1234)"
WITHOUT_A_FILTER = "child['shut'].__globals__['_allow_computing_only'] = lambda libc: None"


def probed(escapes: list[str], before: str = "") -> list[str]:
    script = PROBE.format(child=str(redraw.CHILD), before=before, escapes=escapes)
    done = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, env={}, timeout=60)
    assert done.returncode == 0, done.stderr.decode()[-500:]
    return done.stdout.decode().split()


linux = pytest.mark.skipif(sys.platform != "linux", reason="missing: Linux, whose walls these are")
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="missing: root, to become somebody else")


@linux
@pytest.mark.parametrize("before", ["", pytest.param(AS_SOMEBODY, marks=as_root)], ids=["as we are", "as somebody"])
def test_the_child_can_do_nothing_but_compute(before):
    assert dict(zip(ESCAPES, probed(list(ESCAPES.values()), before), strict=True)) == dict.fromkeys(ESCAPES, "no")


@linux
def test_without_its_filter_of_system_calls_the_child_still_opens_nothing():
    """Where the filter cannot be had: a wall behind the wall."""
    names = ["open a file", "write a file", "make a socket", "make a pipe", "take 600 megabytes", "look up a name"]
    assert probed([ESCAPES[name] for name in names], WITHOUT_A_FILTER) == ["no"] * len(names)


@linux
@as_root
def test_the_child_is_nobody_and_has_a_network_of_its_own():
    script = PROBE.format(child=str(redraw.CHILD), before=WITHOUT_A_FILTER, escapes=[])
    script = script.replace('child["shut"](5)', "status = open('/proc/self/status'); child['shut'](5)")
    script += "\nos.write(1, str(os.getresuid() + os.getresgid()).encode())"
    done = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, env={}, timeout=60)
    assert done.stdout.decode() == str((redraw_child.NOBODY,) * 6), done.stderr.decode()[-500:]


def test_the_child_inherits_no_secret(monkeypatch):
    monkeypatch.setenv("WRAPPING_KEYS", "1:secret")
    seen: dict[str, object] = {}
    really = subprocess.Popen

    def started(*args, **kwargs):
        seen.update(kwargs)
        return really(*args, **kwargs)

    monkeypatch.setattr(subprocess, "Popen", started)
    redraw.draw("jpg", made.jpeg())
    assert (seen["env"], seen["cwd"], seen["stderr"]) == ({}, "/", subprocess.DEVNULL)


@pytest.fixture
def said_by(tmp_path, monkeypatch) -> Callable[[str], None]:
    """A child that gave in, and says what it is told to."""

    def says(script: str) -> None:
        child = tmp_path / "child.py"
        child.write_text("import os, sys, struct, time\nF = struct.Struct('>cII')\nout = sys.stdout.buffer\n" + script)
        monkeypatch.setattr(redraw, "CHILD", child)

    return says


LIES = {
    "says nothing": ("", WhyRefused.NOT_READABLE),
    "says rubbish": ("out.write(b'rubbish' * 9)", WhyRefused.NOT_READABLE),
    "an end without a page": ("out.write(F.pack(b'E', 0, 0))", WhyRefused.NOT_READABLE),
    "a page without an end": ("out.write(F.pack(b'P', 1, 1) + b'abc')", WhyRefused.NOT_READABLE),
    "half a page": ("out.write(F.pack(b'P', 9, 9) + b'abc')", WhyRefused.NOT_READABLE),
    "a page without size": ("out.write(F.pack(b'P', 0, 0) + F.pack(b'E', 0, 0))", WhyRefused.NOT_READABLE),
    "a page of four gigabytes": ("out.write(F.pack(b'P', 2**32 - 1, 2**32 - 1))", WhyRefused.NOT_READABLE),
    "one page too many": (
        "out.write((F.pack(b'P', 1, 1) + b'abc') * 11)",
        WhyRefused.NOT_READABLE,
    ),
    "a cause that nobody knows": ("out.write(F.pack(b'R', 99, 0))", WhyRefused.NOT_READABLE),
    "dies": ("os.kill(os.getpid(), 11)", WhyRefused.TOO_HEAVY),
    "never ends": ("time.sleep(60)", WhyRefused.TOO_HEAVY),
    "talks without end": ("while True: out.write(b'P' * 65536)", WhyRefused.NOT_READABLE),
    "does not listen": ("sys.stdin.close(); out.write(F.pack(b'R', 1, 0))", WhyRefused.LOCKED),
}


@pytest.mark.parametrize("lie", LIES)
def test_whatever_the_child_says_is_no_more_than_numbers(said_by, monkeypatch, lie):
    script, why = LIES[lie]
    said_by(script)
    monkeypatch.setattr(redraw, "WALL_SECONDS", 2)
    with pytest.raises(NotDrawn) as refused:
        redraw.draw("jpg", made.jpeg() * 20)
    assert refused.value.why == why


def test_the_child_is_a_picture_of_numbers_even_where_it_lies(said_by):
    said_by("out.write(F.pack(b'P', 2, 1) + b'<htm>!' + F.pack(b'E', 0, 0))")
    (page,) = redraw.draw("jpg", made.jpeg())
    assert page.jpeg.startswith(b"\xff\xd8\xff")
    assert b"<htm>" not in page.jpeg


def test_a_request_closed_before_identity_is_decided_takes_its_papers_with_it(rosas_request, quick, abe):
    paper = give(rosas_request.submission.check_made)
    clean_pages.draw_owed()
    workflow.withdraw(fresh(rosas_request), by=workflow.REQUESTER)
    with travel(timezone.now() + timedelta(days=2)):
        destruction.destroy_owed()
    assert same(paper).pages_key.wrapped is None
    assert on_disk() == set()
    assert DataKey.objects.filter(life=Life.DOCUMENT, emptied_at=None).count() == 0
