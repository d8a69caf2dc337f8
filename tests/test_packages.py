"""Files in an answer: collected, released, downloaded for 14 days, kept longer once, gone."""

import hashlib
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from primevox_privacy.ledger.models import Event
from primevox_privacy.outbox.models import Letter
from primevox_privacy.sealed.models import DataKey, SealedFile
from primevox_privacy.sealed.tasks import end_lives
from requests import joining, packages, reminders, stopping, workflow
from requests.answers import Draft
from requests.models import Package, PackageFile
from requests.retention import PACKAGE
from requests.terms import Ending, Right, Status
from requests.workflow import NotAllowed
from tests.cast import ask, fresh, prove, signed_in
from tests.test_coming_back import code_from, come_back
from tests.test_staff_desk import QUEUE, do

pytestmark = pytest.mark.django_db
COPY = b"name,number\nRosa,972-555-0143\ncanary-in-a-package-77aa\n"
SECOND = timedelta(seconds=1)


def file(content: bytes = COPY, name: str = "your-data.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def content_of(response) -> bytes:
    return b"".join(response.streaming_content)


@pytest.fixture
def in_work(rosas_request, vera, abe):
    """Rosa's access, proven and taken by Abe."""
    one = prove(rosas_request, vera)
    workflow.take(one, by=abe)
    return fresh(one)


def test_who_releases_reads_how_many_files_nobody_looked_into(in_work, abe, bea):
    for name in ("a.csv", "b.csv"):
        packages.add(in_work, [file(name=name)], by=abe)
    workflow.answer(in_work, Draft(Ending.FULFILLED), by=abe)
    first = PackageFile.objects.first()
    assert first
    for looks, said in (
        (None, "2 files were opened by nobody but who added them."),
        (abe, "2 files were opened by nobody but who added them."),
        (bea, "1 file was opened by nobody but who added it."),
    ):
        if looks:
            packages.look(first.pk, by=looks)
        assert said in signed_in(bea).get(f"/admin/requests/rightsrequest/{in_work.pk}/change/").content.decode()


def test_who_releases_reads_what_leaves_and_to_whom(in_work, abe, bea):
    workflow.answer(in_work, Draft(Ending.PARTLY, text="Your lines.", reason="Not what others said."), by=abe)
    page = signed_in(bea).get(f"/admin/requests/rightsrequest/{in_work.pk}/change/").content.decode()
    assert "What leaves: Done in part. It goes to r…@m….example (contact on file)." in page


def deliver(one, abe, bea, *files):
    packages.add(one, files or [file()], by=abe)
    workflow.answer(one, Draft(Ending.FULFILLED), by=abe)
    workflow.release(one, by=bea)
    return fresh(one)


@pytest.fixture
def delivered(in_work, abe, bea):
    """Answered with one file."""
    return deliver(in_work, abe, bea)


@pytest.fixture
def rosa(client, delivered, mailoutbox):
    """Rosa, with a fresh code."""
    come_back(client, delivered, mailoutbox)
    return client


def answer_page(client, one) -> str:
    return client.post(f"/your-request/{one.reference}/answer/open/", follow=True).content.decode()


def downloads(client, one):
    return client.post(f"/your-request/{one.reference}/answer/files/{PackageFile.objects.get().pk}/")


def keeps_longer(client, one):
    return client.post(f"/your-request/{one.reference}/answer/longer/{Package.objects.get().pk}/", follow=True)


def case(user, one) -> str:
    return signed_in(user).get(f"{QUEUE}{one.pk}/change/").content.decode()


# --- Staff collect -----------------------------------------------------------------------------------------------
def test_abe_collects_files_and_the_case_shows_name_size_digest_and_who(abe, in_work):
    do(signed_in(abe), in_work, "add_file", attached=[file(), file(b"x" * 1200, "calls.txt")])
    page = case(abe, in_work)
    digest = hashlib.sha256(COPY).hexdigest()
    for said in ("your-data.csv", "1.2 KB", digest[:12], "Added by Abe", "Collected. They leave with the answer."):
        assert said in page


def test_no_file_is_a_mistake_at_the_field(abe, in_work):
    assert "No file arrived." in do(signed_in(abe), in_work, "add_file").content.decode()


def test_content_and_name_of_a_collected_file_lie_sealed(abe, in_work, tmp_path):
    packages.add(in_work, [file(COPY * 1000)], by=abe)
    lying = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    with connection.cursor() as cursor:
        cursor.execute("SELECT f.name, p.name FROM sealed_sealedfile f, requests_packagefile p WHERE p.file_id = f.id")
        lying += [bytes(sealed) for sealed in cursor.fetchone()]
    assert lying
    assert not any(b"canary" in content or b"your-data" in content for content in lying)


def test_a_removed_file_is_gone_from_disk(abe, in_work, django_capture_on_commit_callbacks):
    packages.add(in_work, [file(), file(name="other.csv")], by=abe)
    unwanted = PackageFile.objects.order_by("added_at").first()
    path = unwanted.file.path
    with django_capture_on_commit_callbacks(execute=True):
        do(signed_in(abe), in_work, "remove_file", file=str(unwanted.pk))
    assert not path.exists()
    assert SealedFile.objects.count() == 1
    assert PackageFile.objects.get().name == "other.csv"


def test_when_the_last_file_is_removed_the_answer_delivers_none(abe, bea, in_work):
    packages.add(in_work, [file()], by=abe)
    packages.remove(in_work, PackageFile.objects.get().pk, by=abe)
    workflow.answer(in_work, Draft(Ending.FULFILLED, text="Name: Rosa"), by=abe)
    workflow.release(in_work, by=bea)
    assert not Package.objects.exists()


def test_a_file_of_another_request_cannot_be_removed(abe, vera, in_work):
    other = prove(ask(Right.ACCESS, email="stan@mail.example"), vera)
    workflow.take(other, by=abe)
    packages.add(fresh(other), [file()], by=abe)
    with pytest.raises(NotAllowed):
        packages.remove(in_work, PackageFile.objects.get().pk, by=abe)


def test_twenty_files_at_most(abe, in_work, monkeypatch):
    monkeypatch.setattr(packages, "MOST_FILES", 2)
    packages.add(in_work, [file(), file()], by=abe)
    with pytest.raises(NotAllowed, match="at most 2 files"):
        packages.add(in_work, [file()], by=abe)


def test_with_files_the_text_of_a_copy_may_stay_empty(abe, in_work):
    packages.add(in_work, [file()], by=abe)
    do(signed_in(abe), in_work, "answer", ending="fulfilled", text="", no_call_records="on")
    assert fresh(in_work).status == Status.IN_REVIEW


def test_without_files_it_may_not(abe, in_work):
    page = do(signed_in(abe), in_work, "answer", ending="fulfilled", text="", no_call_records="on")
    assert "Write the data that the requester asked for." in page.content.decode()


def test_in_review_the_files_are_fixed_and_bea_sees_exactly_what_leaves(abe, bea, in_work):
    packages.add(in_work, [file()], by=abe)
    workflow.answer(in_work, Draft(Ending.FULFILLED), by=abe)
    collected = PackageFile.objects.get()
    for change in (
        lambda: packages.add(in_work, [file()], by=abe),
        lambda: packages.remove(in_work, collected.pk, by=abe),
    ):
        with pytest.raises(NotAllowed):
            change()
    page = case(bea, in_work)
    assert "your-data.csv" in page
    assert "/do/add_file/" not in page
    assert content_of(signed_in(bea).post(f"{QUEUE}answer-files/{collected.pk}/")) == COPY
    assert Event.objects.get(kind="answer_file_looked_at", about=in_work.pk).actor == bea.as_actor


def test_sent_back_the_files_can_be_changed_again(abe, bea, in_work):
    packages.add(in_work, [file()], by=abe)
    workflow.answer(in_work, Draft(Ending.FULFILLED), by=abe)
    workflow.send_back(fresh(in_work), "One is missing.", by=bea)
    packages.add(fresh(in_work), [file()], by=abe)
    assert PackageFile.objects.count() == 2


def test_a_refusal_carries_no_files(abe, in_work):
    packages.add(in_work, [file()], by=abe)
    with pytest.raises(NotAllowed, match="Remove them first"):
        workflow.answer(in_work, Draft(Ending.REFUSED, reason="No.", grounds=("policy_7_excessive",)), by=abe)


def test_files_never_sent_go_when_the_request_closes_otherwise(abe, in_work):
    packages.add(in_work, [file()], by=abe)
    path = SealedFile.objects.get().path
    workflow.withdraw(in_work, by=workflow.REQUESTER)
    end_lives()
    assert not path.exists()
    assert PackageFile.objects.get().name in (None, "")


def test_after_an_undo_files_are_collected_anew(abe, bea, in_work):
    packages.add(in_work, [file()], by=abe)
    workflow.withdraw(in_work, by=workflow.REQUESTER)
    end_lives()
    workflow.undo(fresh(in_work), by=workflow.REQUESTER)
    one = deliver(fresh(in_work), abe, bea, file(name="again.csv"))
    assert [package.files.get().name for package in packages.delivered(one)] == ["again.csv"]


# --- Rosa downloads ----------------------------------------------------------------------------------------------
def test_rosa_downloads_her_file_and_that_is_recorded_and_shown(rosa, delivered, abe):
    assert "your-data.csv" in answer_page(rosa, delivered)
    got = downloads(rosa, delivered)
    assert content_of(got) == COPY
    assert got["Content-Disposition"] == 'attachment; filename="your-data.csv"'
    assert Event.objects.get(kind="file_downloaded").about == delivered.pk
    assert "Downloaded on" in answer_page(rosa, delivered)
    assert "You downloaded a file." in rosa.get("/your-request/all/").content.decode()
    assert "Downloaded on" in case(abe, delivered)


def test_the_answer_page_shows_digest_size_and_until_when(rosa, delivered):
    page = answer_page(rosa, delivered)
    assert hashlib.sha256(COPY).hexdigest() in page
    assert f"{len(COPY)} bytes" in page
    until = timezone.localtime(delivered.packages.get().noticed_at + PACKAGE)
    assert f"{until.day} {until:%B %Y}" in page
    assert "Files for you are open until" in rosa.get("/your-request/all/").content.decode()


def test_a_link_downloads_nothing(rosa, delivered):
    pk = PackageFile.objects.get().pk
    assert rosa.get(f"/your-request/{delivered.reference}/answer/files/{pk}/").url == "/your-request/all/"
    assert rosa.get(f"/your-request/{delivered.reference}/answer/longer/{pk}/").url == "/your-request/all/"


def test_a_mailbox_that_is_not_on_file_opens_nothing(client, vera, abe, bea, mailoutbox):
    one = prove(ask(Right.ACCESS, email="stan@look-alike.example"), vera)
    workflow.take(one, by=abe)
    one = deliver(fresh(one), abe, bea)
    come_back(client, one, mailoutbox)
    code_page = f"/your-request/{one.reference}/answer/code/"
    assert downloads(client, one).url == code_page
    assert keeps_longer(client, one).redirect_chain[-1][0] == code_page
    assert Package.objects.get().kept_longer_at is None
    assert not Event.objects.filter(kind="file_downloaded").exists()
    assert client.post(code_page, {"code": code_from(mailoutbox, to="rosa@mail.example")}).url.endswith("/answer/")
    assert content_of(downloads(client, one)) == COPY


def test_a_code_counts_as_fresh_for_20_minutes(rosa, delivered, time_machine):
    time_machine.move_to(timezone.now() + timedelta(minutes=19))
    rosa.get("/your-request/all/")
    time_machine.move_to(timezone.now() + timedelta(minutes=2))
    assert downloads(rosa, delivered).url.endswith("/answer/code/")


def test_a_file_of_another_person_and_none_are_the_same_to_rosa(client, rosas_request, vera, abe, bea, mailoutbox):
    stans = prove(ask(Right.ACCESS, email="stan@mail.example"), vera)
    workflow.take(stans, by=abe)
    deliver(fresh(stans), abe, bea)
    mine = prove(rosas_request, vera)
    workflow.take(mine, by=abe)
    workflow.answer(mine, Draft(Ending.FULFILLED, text="Name: Rosa"), by=abe)
    workflow.release(mine, by=bea)
    come_back(client, mine, mailoutbox)
    for pk in (PackageFile.objects.get().pk, rosas_request.pk):
        assert client.post(f"/your-request/{mine.reference}/answer/files/{pk}/").status_code == 404
    assert not Event.objects.filter(kind="file_downloaded").exists()


def test_collected_files_are_nothing_to_rosa_before_release(client, in_work, abe, mailoutbox):
    packages.add(in_work, [file()], by=abe)
    come_back(client, in_work, mailoutbox)
    assert downloads(client, in_work).status_code == 404
    assert "Files for you" not in client.get("/your-request/all/").content.decode()


def test_while_it_is_frozen_nothing_is_downloaded_and_nothing_goes(rosa, delivered, bea, time_machine):
    stopping.freeze(delivered, "The mailbox may be taken over.", by=bea)
    assert downloads(rosa, delivered).url == "/your-request/all/"
    assert packages.download(fresh(delivered), PackageFile.objects.get().pk) is None
    time_machine.move_to(timezone.now() + PACKAGE + SECOND)
    end_lives()
    assert SealedFile.objects.get().path.exists()


# --- 14 days, once more, gone ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("kept_longer", "after", "opens"),
    [
        (False, PACKAGE - SECOND, True),
        (False, PACKAGE, False),  # at the very instant
        (True, PACKAGE, True),
        (True, 2 * PACKAGE - SECOND, True),
        (True, 2 * PACKAGE, False),
    ],
)
def test_files_are_open_for_14_days_and_once_14_more(delivered, time_machine, kept_longer, after, opens):
    time_machine.move_to(Package.objects.get().noticed_at, tick=False)
    if kept_longer:
        packages.keep_longer(delivered, Package.objects.get().pk)
    time_machine.shift(after)
    assert (packages.download(delivered, PackageFile.objects.get().pk) is not None) is opens
    end_lives()
    assert SealedFile.objects.exists() is opens


def test_rosa_keeps_them_longer_once(rosa, delivered):
    page = keeps_longer(rosa, delivered).content.decode()
    until = timezone.localtime(Package.objects.get().noticed_at + 2 * PACKAGE)
    assert f"{until.day} {until:%B %Y}" in page
    assert "Keep them 14 days longer" not in page
    assert "You asked for more time already." in keeps_longer(rosa, delivered).content.decode()
    assert Event.objects.filter(kind="files_kept_longer").count() == 1
    assert "You asked us to keep the files 14 days longer." in rosa.get("/your-request/all/").content.decode()


def test_after_they_are_gone_the_page_says_when_and_that_they_can_be_asked_for_again(
    client, delivered, mailoutbox, time_machine
):
    time_machine.move_to(timezone.now() + PACKAGE + SECOND)
    end_lives()
    come_back(client, delivered, mailoutbox)
    page = answer_page(client, delivered)
    today = timezone.localdate()
    assert f"{today.day} {today:%B %Y}." in page
    assert "You can ask for them again." in page
    assert downloads(client, delivered).status_code == 404
    assert "These files are no longer there." in keeps_longer(client, delivered).content.decode()


def test_what_was_delivered_is_known_by_size_and_digest_when_it_is_gone(delivered, abe, time_machine):
    time_machine.move_to(timezone.now() + PACKAGE + SECOND)
    end_lives()
    gone = PackageFile.objects.get()
    assert (gone.name or "", gone.file, gone.size) == ("", None, len(COPY))
    assert hashlib.sha256(COPY).hexdigest()[:12] in case(abe, delivered)


def test_the_page_of_rosa_lives_as_long_as_her_files(delivered):
    packages.keep_longer(delivered, Package.objects.get().pk)
    package_ends, contact_ends = (
        DataKey.objects.get(pk=key).ends_at
        for key in (Package.objects.get().package_key_id, delivered.submission.contact_key_id)
    )
    assert contact_ends >= package_ends


@pytest.mark.parametrize(("days", "letters"), [(6, 0), (7, 1), (11, 1), (12, 2), (13, 2)])
def test_rosa_is_reminded_7_and_2_days_before_files_go(delivered, time_machine, days, letters):
    noticed_at = Package.objects.get().noticed_at
    for day in range(days + 1):
        time_machine.move_to(noticed_at + timedelta(days=day), tick=False)
        reminders.owe()
        reminders.owe()
    assert Letter.objects.filter(kind="files_go").count() == letters


def test_of_files_kept_longer_she_is_reminded_anew(delivered, time_machine):
    noticed_at = Package.objects.get().noticed_at
    time_machine.move_to(noticed_at + timedelta(days=7), tick=False)
    reminders.owe()
    packages.keep_longer(delivered, Package.objects.get().pk)
    time_machine.move_to(noticed_at + timedelta(days=21), tick=False)
    reminders.owe()
    assert Letter.objects.filter(kind="files_go").count() == 2


# --- Joined requests ---------------------------------------------------------------------------------------------
def test_a_joined_request_opens_the_files_of_the_answer_it_has(client, in_work, vera, abe, bea, mailoutbox):
    later = prove(ask(Right.ACCESS), vera)
    joining.merge(later, in_work, by=abe)
    one = deliver(fresh(in_work), abe, bea)
    later = fresh(later)
    come_back(client, later, mailoutbox)
    assert "your-data.csv" in answer_page(client, later)
    assert content_of(downloads(client, later)) == COPY
    assert "You downloaded a file." in client.get("/your-request/all/").content.decode()
    assert "Downloaded on" in case(abe, one), "staff see it where the answer was given"


def test_what_froze_the_answered_request_shuts_it_for_the_joined_one_too(client, in_work, vera, abe, bea, mailoutbox):
    later = prove(ask(Right.ACCESS), vera)
    joining.merge(later, in_work, by=abe)
    one = deliver(fresh(in_work), abe, bea)
    stopping.freeze(one, "The mailbox may be taken over.", by=bea)
    come_back(client, fresh(later), mailoutbox)
    assert downloads(client, later).url == "/your-request/all/"
    assert packages.download(fresh(later), PackageFile.objects.get().pk) is None
