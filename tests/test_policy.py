"""The controller's policy: what was published is read as it was, day by day, and a change that matters is seen."""

import re
from datetime import date, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings as portal
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.test import Client

from primevox_privacy.ledger.models import Event
from requests.policy import drawing, in_force, loading
from requests.policy.models import PolicyVersion
from tests.test_about_whom import main_of
from tests.test_form_templates import Page
from tests.test_pages import looked_at

pytestmark = pytest.mark.django_db

OFFICE = ZoneInfo("America/Chicago")
FIRST = """---
title: "about the file"
---
# Elm Telephone

## Privacy

We hold your number.

## 1. Sharing

We share it with [our printer](https://printer.example/about) and with [nobody else](/cookies).

## 2. Old habits

We keep letters.
"""
SECOND = FIRST.replace("We share it with", "From now on we share it with").replace(
    "## 2. Old habits\n\nWe keep letters.", "## 2. Answers\n\nWe answer in ten days."
)
THIRD = SECOND.replace("ten days", "nine days")
IN_2023, CHANGE, NEXT = date(2023, 6, 1), date(2026, 3, 10), date(2026, 8, 3)


@pytest.fixture
def on(time_machine):
    """Noon at the office on a day."""

    def move(day: date) -> None:
        time_machine.move_to(datetime(day.year, day.month, day.day, 12, tzinfo=OFFICE), tick=False)

    return move


def put(text: str, effective_on: date, *, material: bool = False) -> PolicyVersion:
    return loading.load(text, effective_on, material=material).version


@pytest.fixture
def command(tmp_path):
    """`manage.py load_policy` with a text; what it prints."""

    def run(text: str | bytes | None, *options: str) -> str:
        said, file = StringIO(), tmp_path / "policy.md"
        if text is not None:
            file.write_bytes(text if isinstance(text, bytes) else text.encode())
        call_command("load_policy", *([str(file)] if text is not None else []), *options, stdout=said)
        return said.getvalue()

    return run


# --- Loading ----------------------------------------------------------------------------------------------------
def test_a_version_is_kept_word_for_word_with_its_day_and_stands_in_the_record(command):
    assert command(FIRST, "--effective", "2023-06-01").startswith("Loaded: the version of 2023-06-01.")
    version = PolicyVersion.objects.get()
    assert (version.text, version.effective_on, version.material) == (FIRST, IN_2023, False)
    assert Event.objects.get(kind="policy_loaded").detail["digest"] == version.digest


def test_the_same_file_again_changes_nothing_even_when_an_editor_changed_the_ends_of_its_lines(command):
    command(FIRST, "--effective", "2023-06-01")
    said = command(b"\xef\xbb\xbf" + FIRST.replace("\n", "\r\n").encode(), "--effective", "2023-06-01")
    assert said.startswith("Already loaded")
    assert PolicyVersion.objects.count() == Event.objects.filter(kind="policy_loaded").count() == 1


def test_another_text_for_a_day_long_in_force_is_refused_with_what_to_do(command, on):
    on(CHANGE)
    put(FIRST, IN_2023)
    on(CHANGE + timedelta(days=2))
    with pytest.raises(
        CommandError, match=r"What was in force is kept\. Load this one with the day from which it holds"
    ):
        command(SECOND, "--effective", "2023-06-01")
    with pytest.raises(CommandError, match="so it is kept"):
        command(None, "--take-back", "2023-06-01")
    assert PolicyVersion.objects.get().text == FIRST


def test_a_version_that_is_not_in_force_yet_can_be_taken_back_and_loaded_anew(command, on):
    on(CHANGE)
    put(SECOND, NEXT)
    on(CHANGE + timedelta(days=2))
    with pytest.raises(CommandError, match="load_policy --take-back 2026-08-03"):
        command(THIRD, "--effective", "2026-08-03")
    command(None, "--take-back", "2026-08-03")
    command(THIRD, "--effective", "2026-08-03")
    assert PolicyVersion.objects.get().text == THIRD


def test_a_slip_with_the_day_can_be_taken_back_within_a_day(command, on):
    on(CHANGE)
    command(FIRST, "--effective", "2022-06-01")
    assert "Taken back" in command(None, "--take-back", "2022-06-01")
    assert not PolicyVersion.objects.exists()


@pytest.mark.parametrize("effective", ["2023-05-01", "2023-07-01"])
def test_the_text_of_its_neighbour_is_no_version_of_its_own(command, effective):
    put(FIRST, IN_2023)
    with pytest.raises(CommandError, match="Nothing would change"):
        command(FIRST, "--effective", effective)


def test_going_back_to_an_earlier_text_is_a_version(command):
    put(FIRST, IN_2023)
    put(SECOND, CHANGE)
    assert command(FIRST, "--effective", "2026-08-03").startswith("Loaded")


def test_a_change_can_be_marked_as_material_later(command):
    put(FIRST, IN_2023)
    assert "marked as material from now on" in command(FIRST, "--effective", "2023-06-01", "--material")
    assert PolicyVersion.objects.get().material


def test_a_dry_run_says_the_same_and_writes_nothing(command):
    said = command(FIRST, "--effective", "2023-06-01", "--dry-run")
    assert "Nothing was written. It would say: Loaded: the version of 2023-06-01." in said
    assert not PolicyVersion.objects.exists()
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (b"caf\xe9", "not UTF-8"),
        (b"a\0b", "zero bytes"),
        (b" \n", "empty"),
        (b'---\ntitle: "x"\n---\n\n', "empty"),
        (b"x" * 1_000_001, "larger than"),
    ],
)
def test_a_file_that_is_no_policy_is_refused_in_words(command, given, why):
    with pytest.raises(CommandError, match=why):
        command(given, "--effective", "2023-06-01")
    assert not PolicyVersion.objects.exists()


@pytest.mark.parametrize("options", [[], ["--take-back", "2023-06-01", "--effective", "2023-06-01"]])
def test_what_is_missing_is_said(command, options):
    with pytest.raises(CommandError, match="Give a FILE and --effective DATE, or --take-back DATE alone"):
        command(None, *options)


def test_a_file_that_is_not_there_is_said(tmp_path):
    with pytest.raises(CommandError, match="cannot be opened"):
        call_command("load_policy", str(tmp_path / "none.md"), "--effective", "2023-06-01")


# --- Which version holds, and how long a change is said ---------------------------------------------------------
@pytest.mark.parametrize(
    ("today", "said"),
    [
        (date(2026, 3, 9), False),  # it has not taken effect
        (date(2026, 3, 10), True),  # the first of thirty days
        (date(2026, 4, 8), True),  # the thirtieth
        (date(2026, 4, 9), False),
    ],
)
def test_a_change_that_matters_is_said_on_thirty_days(client, on, today, said):
    put(FIRST, IN_2023)
    put(SECOND, CHANGE, material=True)
    on(today)
    assert ("This policy changed in a way that matters" in main_of(client.get("/policy/"))) is said
    assert ("Our privacy policy changed on Tuesday 10 March 2026" in main_of(client.get("/"))) is said


def test_a_small_change_after_it_does_not_end_the_thirty_days(client, on):
    put(FIRST, IN_2023)
    put(SECOND, CHANGE, material=True)
    put(THIRD, CHANGE + timedelta(days=5))
    on(CHANGE + timedelta(days=6))
    page = main_of(client.get("/policy/"))
    assert "nine days" in page
    assert "changed in a way that matters on Tuesday 10 March 2026" in page
    assert "Read what changed then" in page


def test_a_small_change_is_not_said_on_top(client, on):
    put(FIRST, IN_2023)
    put(SECOND, CHANGE)
    on(CHANGE)
    assert "a way that matters" not in main_of(client.get("/policy/"))
    assert "Our privacy policy" not in main_of(client.get("/"))


def test_a_version_to_come_holds_from_its_day_on_and_is_announced_until_then(client, on):
    put(FIRST, IN_2023)
    put(SECOND, CHANGE, material=True)
    on(CHANGE - timedelta(days=1))
    page = main_of(client.get("/policy/"))
    assert "We keep letters." in page
    assert "We answer in ten days." not in page
    assert "A new version takes effect on Tuesday 10 March 2026." in page
    assert "Our privacy policy changes on Tuesday 10 March 2026." in main_of(client.get("/"))
    assert "This version takes effect on Tuesday 10 March 2026" in main_of(client.get("/policy/2026-03-10/"))
    on(CHANGE)
    page = main_of(client.get("/policy/"))
    assert "We answer in ten days." in page
    assert "takes effect" not in page


def test_the_day_is_the_office_s(client, time_machine):
    put(FIRST, IN_2023)
    put(SECOND, CHANGE)
    for hour, text in ((4, "We keep letters."), (6, "We answer in ten days.")):  # 10 March begins at 05:00 UTC there
        time_machine.move_to(datetime(2026, 3, 10, hour, tzinfo=ZoneInfo("UTC")), tick=False)
        assert text in main_of(client.get("/policy/"))


def test_of_several_changes_those_can_be_mailed_whose_thirty_days_are_not_over(on):
    one, other = put(SECOND, CHANGE, material=True), put(THIRD, NEXT, material=True)
    versions = list(PolicyVersion.objects.all())
    assert in_force.worth_a_letter(versions, CHANGE) == [one, other]
    assert in_force.worth_a_letter(versions, date(2026, 4, 9)) == [other]


# --- Pages ------------------------------------------------------------------------------------------------------
@pytest.fixture
def two_versions(on):
    put(FIRST, IN_2023)
    put(SECOND, CHANGE, material=True)
    on(CHANGE + timedelta(days=3))


def test_the_page_says_from_when_it_holds_in_words_and_lists_all_versions(client, two_versions):
    page = looked_at(client.get("/policy/"))
    assert "In force from Tuesday 10 March 2026" in main_of(client.get("/policy/"))
    assert "/policy/2023-06-01/" in {link.attrs["href"] for link in page.all("a")}


def test_an_older_version_says_until_when_it_held_and_leads_to_the_one_in_force(client, two_versions):
    page = main_of(client.get("/policy/2023-06-01/"))
    assert "It held from Thursday 1 June 2023, until another took its place on Tuesday 10 March 2026." in page
    assert "We keep letters." in page
    assert "a way that matters" not in page


def test_what_changed_is_named_part_by_part(client, two_versions):
    page = looked_at(client.get("/policy/"))
    in_notice = [link for link in page.all("a") if any(one.attrs.get("class") == "notice" for one in link.inside)]
    assert [link.text for link in in_notice][:2] == ["1. Sharing", "2. Answers"]
    assert "These parts are gone: 2. Old habits" in main_of(client.get("/policy/"))
    ids = {element.attrs.get("id") for element in page.elements}
    inside = [link.attrs["href"][1:] for link in page.all("a") if link.attrs["href"].startswith("#")]
    assert len(inside) > 6
    assert set(inside) <= ids


def test_a_part_that_only_got_another_number_has_not_changed():
    old, new = (drawing.draw(f"## {number}. Sharing\n\nWith nobody.") for number in (5, 6))
    assert drawing.changed(new, old) == ([], [])


@pytest.mark.parametrize("address", ["/policy/2024-01-01/", "/policy/2024-13-01/", "/policy/2024-1-1/"])
def test_a_day_without_a_version_has_no_page(client, two_versions, address):
    assert client.get(address).status_code == 404


def test_on_the_spanish_page_the_text_is_marked_as_english(client, two_versions):
    page = looked_at(client.get("/es/policy/"))
    assert page.one("html").attrs["lang"] == "es"
    assert page.one("section", class_="policy").attrs["lang"] == "en"
    assert page.one("p", class_="hint english-only")
    assert not looked_at(client.get("/policy/")).all("p", class_="hint english-only")


def test_without_a_loaded_text_the_page_says_our_promises_and_leads_to_the_published_one(client):
    page = looked_at(client.get("/policy/"))
    assert "We answer within 14 days." in page.html
    assert portal.POLICY_URL in {link.attrs["href"] for link in page.all("a")}


def test_while_only_a_version_to_come_is_loaded_the_promises_stand(client, on):
    on(CHANGE)
    put(FIRST, NEXT)
    page = main_of(client.get("/policy/"))
    assert "What we promise, in short" in page
    assert "A new version takes effect on Monday 3 August 2026." in page


@pytest.mark.parametrize("address", ["/", "/ask/", "/your-request/", "/privacy/", "/es/other-ways/", "/no-such-page/"])
def test_every_page_leads_to_the_policy_at_its_foot(address):
    links = looked_at(Client().get(address)).all("a")
    assert [link for link in links if link.within("footer") and link.attrs["href"].endswith("/policy/")]


def test_the_start_page_stands_while_the_database_is_away(client, monkeypatch):
    def away(self):
        raise OperationalError

    monkeypatch.setattr("requests.policy.models.PolicyVersionQuerySet.without_text", away)
    assert client.get("/").status_code == 200


# --- Drawing ----------------------------------------------------------------------------------------------------
def drawn(text: str) -> Page:
    return Page(f"<div>{drawing.draw(text).html}</div>")


def test_the_lines_that_describe_the_file_are_not_shown_and_a_line_across_is():
    assert "about the file" not in drawing.draw(FIRST).html
    assert "kept" in drawing.draw("---\n\nkept\n\n---\n").html


def test_no_html_of_the_text_runs():
    html = drawing.draw("<script>alert(1)</script>\n\n<img src=x onerror=alert(1)> [a](javascript:alert(1))").html
    assert not Page(f"<div>{html}</div>").all("script", "img", "a")


def test_a_picture_is_not_loaded_from_elsewhere():
    assert not drawn("![logo](https://elsewhere.example/logo.png)").all("img")


def test_a_link_that_leads_away_says_so_and_one_without_host_is_read_as_where_it_was_published():
    printer, cookies, mail = drawn(f"{FIRST}\n[mail](mailto:a@b.example)\n").all("a")
    assert printer.attrs["rel"] == "external noreferrer"
    assert "leads to another site" in printer.text
    assert cookies.attrs["href"] == "https://www.primevox.net/cookies"
    assert mail.attrs["href"] == "mailto:a@b.example"
    assert "leads to" not in mail.text


@pytest.mark.parametrize("text", ["# A\n\n## B\n\n###### C", "### A\n\n#### B\n\n###### C"])
def test_headings_keep_their_order_below_that_of_the_page(text):
    assert [one.tag for one in drawn(text).all("h1", "h2", "h3", "h4", "h5", "h6")][:2] == ["h2", "h3"]


def test_an_address_of_a_part_stays_and_no_two_parts_share_one():
    parts = drawing.draw("## 9. Timing\n\n## Übersicht\n\n## 9. Timing\n\n## !!!\n\n## main").parts
    assert [part.id for part in parts] == ["part-9-timing", "part-übersicht", "part-9-timing-2", "part", "part-main"]


def test_a_wide_table_scrolls_by_itself_and_has_a_name():
    page = drawn("## Who sees it\n\n| a | b |\n| --- | --- |\n| c | d |")
    frame = page.one("table").inside[-1]
    assert (frame.attrs["class"], frame.attrs["tabindex"]) == ("table-frame", "0")
    assert page.one("caption").text == frame.attrs["aria-label"] == "Who sees it"
    assert all(head.attrs["scope"] == "col" for head in page.all("th"))


def test_the_controllers_own_text_is_in_no_file_of_ours():
    told_apart = re.compile(r"cloud-based voice and data commun" + r"ications provider")
    files = [
        path
        for folder in ("requests", "templates", "docs", "tests")
        for path in (portal.BASE_DIR / folder).rglob("*.*")
    ]
    assert [
        path.name
        for path in files
        if path.suffix in (".md", ".py", ".html", ".txt") and told_apart.search(path.read_text())
    ] == []
