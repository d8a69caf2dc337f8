"""The receipt: on one sheet, as a text file, and signed, so that anybody can check it without us."""

import json
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as portal
from django.core.management import call_command
from django.test import Client

from primevox_privacy import signed
from primevox_privacy.sealed import forgetting
from requests import intake, receipts, which_right, words, workflow
from requests.models import Submission
from requests.references import spoken
from requests.terms import Right
from tests.cast import ROSAS_MAIL, fresh, submit
from tests.test_coming_back import come_back
from tests.test_pages import TYPED, ask, looked_at

pytestmark = pytest.mark.django_db
DOC = Path(portal.BASE_DIR) / "docs" / "checking-signatures.md"
BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)
WISH = "The street is Elm Street, not Elk Street."


def recipe(language: str) -> str:
    """The one piece of the document in that language."""
    (found,) = [text for name, text in BLOCK.findall(DOC.read_text()) if name == language]
    return found


@pytest.fixture
def kept(tmp_path) -> Path:
    """What somebody keeps who wants to need nobody: the signed receipt and our public keys."""
    client = Client()
    ask(client, "access", "unsure", details={"said": WISH})
    (tmp_path / "primevox-receipt.json").write_bytes(client.get("/ask/sent/signed/").content)
    (tmp_path / "primevox-receipt.txt").write_bytes(client.get("/ask/sent/text/").content)
    (tmp_path / "keys.json").write_bytes(client.get("/.well-known/primevox-signing-keys.json").content)
    return tmp_path


def changed(folder: Path) -> None:
    receipt = folder / "primevox-receipt.json"
    envelope = json.loads(receipt.read_text())
    envelope["statement"]["received_on"] = "2020-01-01"
    receipt.write_text(json.dumps(envelope))


def with_python(folder: Path) -> subprocess.CompletedProcess:
    (folder / "check.py").write_text(recipe("python"))
    command = [sys.executable, "check.py", "primevox-receipt.json", "keys.json"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


def with_openssl(folder: Path) -> subprocess.CompletedProcess:
    return subprocess.run(["sh", "-c", recipe("sh")], cwd=folder, capture_output=True, text=True)


# --- Checked without us ------------------------------------------------------------------------------------------
def test_the_documented_lines_of_python_find_a_receipt_good_and_a_changed_one_bad(kept):
    good = with_python(kept)
    assert (good.returncode, "unchanged" in good.stdout) == (0, True), good.stderr
    changed(kept)
    assert "BadSignatureError" in with_python(kept).stderr


@pytest.mark.openssl
def test_the_documented_lines_of_openssl_find_a_receipt_good_and_a_changed_one_bad(kept):
    good = with_openssl(kept)
    assert (good.returncode, "Verified Successfully" in good.stdout) == (0, True), good.stderr
    changed(kept)
    assert with_openssl(kept).returncode != 0


def test_the_text_beside_it_holds_what_the_digest_is_made_of(kept):
    (content,) = re.findall(r'^\{"asked":.*\}$', (kept / "primevox-receipt.txt").read_text(), re.MULTILINE)
    statement = json.loads((kept / "primevox-receipt.json").read_text())["statement"]
    assert receipts.digest_of(content) == statement["content_sha256"]
    assert WISH in content


def test_the_page_and_the_command_find_it_good_too(kept, capsys):
    text = (kept / "primevox-receipt.json").read_text()
    page = looked_at(Client().post("/check/", {"text": text}))
    assert "Yes, this is from us" in page.html
    assert "day of receipt" in page.html
    assert ", Texas time" in page.html
    in_spanish = looked_at(Client().post("/es/check/", {"text": text})).html
    assert "recibo" in in_spanish
    assert "referencias" in in_spanish
    assert "hora de Texas" in in_spanish
    call_command("check_signed", str(kept / "primevox-receipt.json"))
    assert "receipt" in capsys.readouterr().out


# --- What stands in it -------------------------------------------------------------------------------------------
def test_it_names_references_dates_and_a_digest_and_nothing_of_anybody(kept):
    text = (kept / "primevox-receipt.json").read_text()
    submission = Submission.objects.get()
    statement = signed.check(text)
    assert set(statement) == {"kind", "references", "received_at", "received_on", "answer_by", "content_sha256"}
    assert statement["answer_by"] == {
        spoken(one.reference): one.leading_on.isoformat() for one in submission.rights_requests.all()
    }
    for personal in (*TYPED.values(), "Rosa", "California", "US-CA", "Elm Street", "unsure", "access"):
        assert personal not in text


def test_two_who_ask_the_same_have_digests_that_are_not(db):
    digests = {signed.check(submit(Right.OPT_OUT).signed_receipt)["content_sha256"] for _ in range(2)}
    assert len(digests) == 2


def test_the_day_that_was_signed_stays_when_a_date_moves(rosas_request, abe):
    before = rosas_request.submission.signed_receipt
    workflow.take(rosas_request, by=abe)
    workflow.ask(fresh(rosas_request), "Which number?", by=abe)
    assert fresh(rosas_request).submission.signed_receipt == before


def test_what_was_sent_fits_still_when_staff_found_another_right(tess):
    submission = submit(Right.UNSURE)
    one = fresh(submission.rights_requests.get())
    sent = receipts.content_that_fits(submission, [one])
    assert sent
    which_right.turn_into(one, Right.ACCESS, by=tess)
    which_right.change(fresh(one), Right.DELETE, "You wrote that all of it should go.", by=tess)
    assert receipts.content_that_fits(submission, [fresh(one)]) == sent


def test_it_goes_with_the_content(rosas_request):
    submission = rosas_request.submission
    submission.content_key.ends_at = submission.received_at
    submission.content_key.save()
    assert forgetting.destroy(submission.content_key)
    submission.refresh_from_db()
    assert submission.signed_receipt == ""


# --- Where it is offered -----------------------------------------------------------------------------------------
def test_text_and_signed_receipt_are_offered_for_an_hour_after_sending(client, time_machine):
    page = looked_at(ask(client, "access"))
    links = {link.attrs.get("href") for link in page.all("a")}
    assert {"/ask/sent/text/", "/ask/sent/signed/"} <= links
    text = client.get("/ask/sent/text/")
    assert "attachment" in text["Content-Disposition"]
    assert ROSAS_MAIL not in text.content.decode()
    time_machine.move_to(Submission.objects.get().received_at + intake.RECEIPT_SHOWN_FOR + timedelta(minutes=1))
    for place in ("text", "signed"):
        assert client.get(f"/ask/sent/{place}/").url == "/your-request/"


def test_the_page_of_her_requests_offers_it_as_long_as_it_is_there(client, rosas_request, mailoutbox):
    come_back(client, rosas_request, mailoutbox)
    assert "/your-request/all/receipt/" in client.get("/your-request/all/").content.decode()
    page = looked_at(client.get("/your-request/all/receipt/"))
    assert words.day(rosas_request.leading_on) in page.html
    assert spoken(rosas_request.reference) in client.get("/your-request/all/receipt/text/").content.decode()
    assert signed.check(client.get("/your-request/all/receipt/signed/").content.decode())["kind"] == "receipt"


def test_of_what_came_before_there_were_signed_receipts_none_is_offered(client, rosas_request, mailoutbox):
    Submission.objects.update(signed_receipt="")
    come_back(client, rosas_request, mailoutbox)
    assert "signed receipt" not in client.get("/your-request/all/receipt/").content.decode()
    assert client.get("/your-request/all/receipt/signed/").status_code == 404
    assert client.get("/your-request/all/receipt/text/").status_code == 200


def test_stan_finds_no_receipt(client, rosas_request):
    for place in ("", "text/", "signed/"):
        assert client.get(f"/your-request/all/receipt/{place}").url == "/your-request/"
        if place:
            assert client.get(f"/ask/sent/{place}").url == "/your-request/"
