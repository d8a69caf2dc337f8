"""Messages both ways with files, internal notes apart from them, all in one timeline."""

import re
from datetime import timedelta

import pytest
from django.conf import settings as project_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from primevox_privacy.ledger.models import Event
from primevox_privacy.outbox.models import Letter
from primevox_privacy.sealed.models import DataKey
from primevox_privacy.sealed.serving import safe
from primevox_privacy.sealed.tasks import end_lives
from requests import attachments, workflow
from requests.models import Attachment, RightsRequest
from requests.models.submission import Direction
from requests.references import spoken
from requests.terms import Ending, Right, Status
from tests.cast import ask, fresh, prove, signed_in, submit
from tests.test_coming_back import code_from, come_back
from tests.test_staff_desk import QUEUE, do

pytestmark = pytest.mark.django_db
PDF, JPEG, PNG = b"%PDF-1.7\n...", b"\xff\xd8\xff\xe0...", b"\x89PNG\r\n\x1a\n..."
HEIC = b"\x00\x00\x00\x18ftypheic...."
CANARY = b"canary-in-a-message-41c7 "


def file(content: bytes = PDF, name: str = "bill.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def sends(client, one, *files, text="Here it is."):
    return client.post(f"/your-request/{one.reference}/message/", {"message": text, "attached": list(files)})


def hub(client) -> str:
    return client.get("/your-request/all/").content.decode()


def case(client, one) -> str:
    return client.get(f"{QUEUE}{one.pk}/change/").content.decode()


def content_of(response) -> bytes:
    return b"".join(response.streaming_content)


def content_ends(one: RightsRequest) -> None:
    DataKey.objects.filter(pk=one.content_key_id).update(ends_at=timezone.now())
    end_lives()


@pytest.fixture
def rosa(client, rosas_request, mailoutbox):
    """Rosa, come back with a code."""
    come_back(client, rosas_request, mailoutbox)
    return client


# --- Rosa writes to us -----------------------------------------------------------------------------------------
def test_rosa_sends_a_message_with_files(rosa, rosas_request):
    assert sends(rosa, rosas_request, file(), file(b"Since March.", "note.txt")).url == "/your-request/all/"
    assert [one.file.name for one in Attachment.objects.order_by("file__made_at")] == ["bill.pdf", "note.txt"]
    assert "bill.pdf" in hub(rosa)


def test_her_file_and_its_name_lie_sealed(rosa, rosas_request, tmp_path):
    sends(rosa, rosas_request, file(CANARY * 1000, "my-diagnosis.txt"))
    lying = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert lying
    assert not any(CANARY[:20] in content or b"my-diagnosis" in content for content in lying)
    name = Attachment.objects.values_list("file__name", flat=True).get()
    assert b"my-diagnosis" not in bytes(name or b"")


@pytest.mark.parametrize(
    ("content", "name"),
    [(PDF, "a.pdf"), (JPEG, "a.jpg"), (PNG, "a.png"), (HEIC, "a"), ("Ünïcode\n".encode(), "a.txt"), (PDF, "a.exe")],
)
def test_what_we_can_open_is_known_by_its_content(rosa, rosas_request, content, name):
    assert sends(rosa, rosas_request, file(content, name)).status_code == 302


WRONG = [
    (b"MZ\x90\x00", "a.pdf", "is a kind of file that we cannot open"),
    (b"text with \x00 in it", "a.txt", "is a kind of file that we cannot open"),
    (b"caf\xe9 in another coding", "a.txt", "is a kind of file that we cannot open"),
    (b"\x00\x00\x00\x18ftypisom....", "film.mp4", "is a kind of file that we cannot open"),
    (b"", "a.pdf", "is empty"),
    (PDF + b"x" * 2000, "a.pdf", "is too big"),
]


@pytest.mark.parametrize(("content", "name", "said"), WRONG)
def test_each_thing_that_can_be_wrong_has_its_own_words(rosa, rosas_request, settings, content, name, said):
    settings.UPLOAD_MAX_BYTES = 1000
    page = sends(rosa, rosas_request, file(content, name), text="What I <wrote>").content.decode()
    assert said in page
    assert name in page
    assert "What I &lt;wrote&gt;" in page
    assert not rosas_request.messages.exists()


def test_five_files_at_a_time(rosa, rosas_request):
    page = sends(rosa, rosas_request, *[file(name=f"{n}.pdf") for n in range(6)]).content.decode()
    assert "You chose 6 files. Choose no more than 5 at a time." in page
    assert not rosas_request.messages.exists()


def test_after_a_mistake_elsewhere_the_page_says_that_files_need_to_be_chosen_again(rosa, rosas_request):
    page = sends(rosa, rosas_request, file(), text="").content.decode()
    assert "Write your message." in page
    assert "Choose your files once more." in page


def test_a_submission_has_room_for_so_much_and_what_we_send_does_not_count(rosa, tess, rosas_request, monkeypatch):
    monkeypatch.setattr(attachments, "MOST_BYTES", 100)
    workflow.tell(rosas_request, "See the file.", [file(b"x" * 500)], by=tess)
    assert sends(rosa, rosas_request, file(b"x" * 60, "a.txt")).status_code == 302
    page = sends(rosa, rosas_request, file(b"x" * 41, "b.txt")).content.decode()
    assert "there is room for 40 bytes more" in page
    assert sends(rosa, rosas_request, file(b"x" * 40, "c.txt")).status_code == 302


def test_thirty_files_an_hour(rosa, rosas_request, monkeypatch):
    monkeypatch.setattr(attachments, "MOST_AN_HOUR", 2)
    assert sends(rosa, rosas_request, file(), file()).status_code == 302
    assert "You sent many files within an hour." in sends(rosa, rosas_request, file()).content.decode()
    assert sends(rosa, rosas_request).status_code == 302


def test_files_that_did_not_arrive_whole_are_never_taken_for_all_of_them(rosa, rosas_request, settings):
    settings.UPLOAD_MAX_BYTES = 1000
    page = sends(rosa, rosas_request, file(name="small.pdf"), file(PDF + b"x" * 5000, "far-too-big.pdf"))
    assert "Your files did not arrive whole." in page.content.decode()
    assert "Here it is." in page.content.decode()
    assert not rosas_request.messages.exists()


def test_the_label_says_what_can_be_sent(rosa, rosas_request):
    page = rosa.get(f"/your-request/{rosas_request.reference}/message/").content.decode()
    assert "Up to 5 files, each up to 10 MB: PDF, photos (JPEG, PNG, HEIC) or plain text." in page
    assert 'enctype="multipart/form-data"' in page


def test_rosa_answers_a_question_with_a_file(rosa, tess, rosas_request):
    workflow.take(rosas_request, by=tess)
    workflow.ask(fresh(rosas_request), "Which bill?", by=tess)
    sends(rosa, rosas_request, file())
    assert fresh(rosas_request).status == Status.IN_PROGRESS


def test_rosa_can_write_after_her_request_is_closed(client, answered, mailoutbox):
    come_back(client, answered, mailoutbox)
    assert sends(client, answered, file(), text="One thing is missing.").url == "/your-request/all/"
    assert fresh(answered).ending == Ending.FULFILLED
    assert "One thing is missing." in hub(client)
    told = Letter.objects.get(kind="wrote_after_closing")
    assert told.address == project_settings.COMPLIANCE_EMAIL, "no queue of open requests shows it"


def test_a_message_that_comes_after_messages_are_deleted_is_told_so_and_given_back(client, answered, mailoutbox):
    come_back(client, answered, mailoutbox)
    content_ends(answered)
    page = sends(client, answered, text="Too late a thing.").content.decode()
    assert "The messages of this request are deleted." in page
    assert "Too late a thing." in page


# --- We write to Rosa --------------------------------------------------------------------------------------------
def test_tess_asks_with_a_file_of_any_kind(tess, rosas_request):
    workflow.take(rosas_request, by=tess)
    do(signed_in(tess), rosas_request, "ask", text="Is this you?", attached=[file(b"MZ\x90\x00", "call.bin")])
    assert fresh(rosas_request).status == Status.WAITING
    assert Attachment.objects.get().file.name == "call.bin"


def test_tess_writes_without_asking_and_the_request_stays_where_it_stands(tess, rosas_request, mailoutbox):
    do(signed_in(tess), rosas_request, "tell", text="We are on it.", attached=[file()])
    assert fresh(rosas_request).status == Status.RECEIVED
    assert rosas_request.messages.get().direction == Direction.TO_REQUESTER


def test_tess_writes_to_rosa_after_the_request_is_closed(tess, answered):
    do(signed_in(tess), answered, "tell", text="One more thing.")
    assert answered.messages.filter(direction=Direction.TO_REQUESTER).exists()
    assert fresh(answered).status == Status.CLOSED


# --- Opening files -----------------------------------------------------------------------------------------------
def test_rosa_opens_her_own_file_within_her_session(rosa, rosas_request):
    sends(rosa, rosas_request, file(PDF, "bill.pdf"))
    got = rosa.post(f"/your-request/all/files/{Attachment.objects.get().pk}/")
    assert content_of(got) == PDF
    assert not Event.objects.filter(kind="file_opened").exists()


def test_rosa_opens_a_file_of_ours_and_that_is_recorded_and_shown(rosa, tess, rosas_request):
    workflow.tell(rosas_request, "See the file.", [file(b"From us.", "from-us.txt")], by=tess)
    assert content_of(rosa.post(f"/your-request/all/files/{Attachment.objects.get().pk}/")) == b"From us."
    assert Event.objects.get(kind="file_opened").about == rosas_request.pk
    assert "You opened a file that we sent you." in hub(rosa)


def test_a_file_of_ours_needs_the_contact_on_file_once_identity_is_shown(client, tess, vera, mailoutbox):
    one = prove(ask(Right.ACCESS, email="stan@look-alike.example"), vera)
    workflow.tell(one, "See the file.", [file(b"The secret.", "from-us.txt")], by=tess)
    come_back(client, one, mailoutbox)
    address = f"/your-request/all/files/{Attachment.objects.get().pk}/"
    code_page = client.post(address).url
    assert code_page == f"/your-request/{one.reference}/files/code/"
    assert not Event.objects.filter(kind="file_opened").exists()
    code = code_from(mailoutbox, to="rosa@mail.example")
    assert client.post(code_page, {"code": code}).url == "/your-request/all/"
    assert content_of(client.post(address)) == b"The secret."


def test_while_a_request_is_frozen_no_file_of_ours_opens(rosa, tess, rosas_request):
    from requests import stopping

    workflow.tell(rosas_request, "See the file.", [file()], by=tess)
    stopping.freeze(rosas_request, "The mailbox may be taken over.", by=tess)
    assert rosa.post(f"/your-request/all/files/{Attachment.objects.get().pk}/").url == "/your-request/all/"
    assert not Event.objects.filter(kind="file_opened").exists()


def test_a_file_of_another_person_of_an_internal_note_and_none_are_the_same_to_rosa(rosa, tess, rosas_request):
    stans = ask(Right.ACCESS, email="stan@mail.example")
    workflow.reply(stans, "Mine.", [file()])
    workflow.write(rosas_request, Direction.INTERNAL, "Ours.", [file()], by=tess)
    ids = [*Attachment.objects.values_list("pk", flat=True), rosas_request.pk]
    assert {rosa.post(f"/your-request/all/files/{pk}/").status_code for pk in ids} == {404}


def test_a_link_opens_no_file(rosa, rosas_request, tess):
    sends(rosa, rosas_request, file())
    pk = Attachment.objects.get().pk
    assert rosa.get(f"/your-request/all/files/{pk}/").url == "/your-request/all/"
    assert signed_in(tess).get(f"{QUEUE}message-files/{pk}/").status_code == 405


def test_tess_opens_rosas_file_as_a_file_and_each_look_is_recorded(rosa, rosas_request, tess):
    sends(rosa, rosas_request, file(b"<script>alert(1)</script>", "bill\u202egpj.html"))
    got = signed_in(tess).post(f"{QUEUE}message-files/{Attachment.objects.get().pk}/")
    assert content_of(got) == b"<script>alert(1)</script>"
    assert got["Content-Type"] == "application/octet-stream"
    assert got["Content-Disposition"] == 'attachment; filename="billgpj.html"'
    assert got["X-Content-Type-Options"] == "nosniff"
    assert got["Content-Security-Policy"].startswith("sandbox")
    assert "no-store" in got["Cache-Control"]
    assert Event.objects.get(kind="paper_looked_at", about=rosas_request.pk).actor == tess.as_actor


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("bill.pdf", "bill.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\bill.pdf", "bill.pdf"),
        ("bill\u202efdp.exe", "billfdp.exe"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
        ("x" * 300 + ".pdf", "x" * 150 + ".pdf"),
        ("x" * 300, "x" * 150),
        ("...", "file"),
        ("", "file"),
        ("Rechnung März.pdf", "Rechnung März.pdf"),
    ],
)
def test_a_name_is_made_safe_before_it_leaves(given, name):
    assert safe(given) == name


def test_otto_reads_cases_but_opens_no_files(rosa, rosas_request, otto):
    sends(rosa, rosas_request, file())
    assert "bill.pdf" in case(signed_in(otto), rosas_request)
    assert "/message-files/" not in case(signed_in(otto), rosas_request)
    assert signed_in(otto).post(f"{QUEUE}message-files/{Attachment.objects.get().pk}/").status_code == 404


def test_a_file_that_was_tampered_with_is_as_if_it_were_not_there(rosa, rosas_request, tess):
    sends(rosa, rosas_request, file())
    stored = Attachment.objects.get().file
    stored.path.write_bytes(stored.path.read_bytes()[:-1] + b"!")
    assert signed_in(tess).post(f"{QUEUE}message-files/{Attachment.objects.get().pk}/").status_code == 404
    assert not Event.objects.filter(kind="paper_looked_at").exists()


def test_messages_and_their_files_go_with_the_content(rosa, rosas_request):
    sends(rosa, rosas_request, file())
    path = Attachment.objects.get().file.path
    content_ends(rosas_request)
    assert not path.exists()
    assert not Attachment.objects.exists()


# --- One timeline ------------------------------------------------------------------------------------------------
def test_messages_and_events_stand_in_one_line_of_time(rosa, tess, rosas_request, time_machine):
    steps = (
        lambda: workflow.take(fresh(rosas_request), by=tess),
        lambda: workflow.ask(fresh(rosas_request), "Which bill do you mean?", by=tess),
        lambda: workflow.reply(fresh(rosas_request), "The one of May."),
    )
    for step in steps:
        time_machine.move_to(timezone.now() + timedelta(minutes=1))
        step()
    in_order = [
        "We received your request.",
        "Somebody in our team started",
        "Which bill do you mean?",
        "The one of May.",
    ]
    for page, story in ((hub(rosa), in_order), (case(signed_in(tess), rosas_request), in_order[2:])):
        places = [page.find(said) for said in story]
        assert places == sorted(places)
        assert -1 not in places
        assert not any(bare in page for bare in ("We asked you a question.", "You answered our question."))


def test_on_a_page_of_several_requests_each_message_says_which_it_is_about(client, mailoutbox, tess):
    submission = submit(Right.ACCESS, Right.DELETE)
    access, delete = (fresh(submission.rights_requests.get(right=right)) for right in (Right.ACCESS, Right.DELETE))
    workflow.tell(delete, "About deleting.", by=tess)
    come_back(client, access, mailoutbox)
    entry = re.search(r"<li>(?:(?!<li>).)*About deleting\.", hub(client), re.DOTALL).group()
    assert spoken(delete.reference) in entry
    assert "About deleting." in case(signed_in(tess), access), "staff see what was written in the whole submission"


def test_an_internal_note_never_reaches_rosa_and_stands_apart_for_staff(rosa, tess, abe, rosas_request):
    workflow.note(rosas_request, "She sounds worried.", by=abe)
    workflow.write(rosas_request, Direction.INTERNAL, "See the scan.", [file(name="scan.pdf")], by=tess)
    assert "worried" not in hub(rosa)
    assert "scan.pdf" not in hub(rosa)
    assert "worried" not in rosa.get(f"/your-request/{rosas_request.reference}/message/").content.decode()
    page = case(signed_in(tess), rosas_request)
    assert "Internal note: the requester never sees it" in page
    assert "case-message--internal" in page


def test_with_a_mistake_the_text_of_a_question_is_kept(tess, rosas_request, settings):
    settings.UPLOAD_MAX_BYTES = 1000
    workflow.take(rosas_request, by=tess)
    page = do(signed_in(tess), rosas_request, "ask", text="Is this you?", attached=[file(PDF + b"x" * 2000)])
    assert "is too big" in page.content.decode()
    assert "Is this you?" in page.content.decode()
    assert fresh(rosas_request).status == Status.IN_PROGRESS
