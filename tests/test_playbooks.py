"""Texts that staff start from: kept in versions, each confirmed by a second person; put into a box without script."""

import html
import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st
from time_machine import travel

from primevox_privacy.ledger.models import Event
from requests import roles, words, workflow
from requests.models import KeptText, Message, Playbook, PlaybookVersion
from requests.models.playbooks import LANGUAGES
from requests.playbooks import keeping, loading, offering, texts
from requests.playbooks.keeping import NotKept, Place
from requests.references import spoken
from requests.terms import Purpose, Right, Role, Status
from tests import reading
from tests.cast import ask, fresh, person, signed_in
from tests.test_case_page import page_of
from tests.test_staff_desk import QUEUE

pytestmark = pytest.mark.django_db
LIST = "/admin/rules/playbooks/"
NEW = f"{LIST}new/"
WHY = "Shorter is better."


@pytest.fixture
def book(db) -> Playbook:
    """A text that Abe and Bea agreed on, for a question about any right."""
    return Playbook.objects.get(purpose=Purpose.ASK, right="", language="en")


def proposed(
    book: Playbook, by, text: str = "Which number do you mean? We answer by {due}.", **more
) -> PlaybookVersion:
    return keeping.propose(book, text, WHY, timezone.now(), by=by, **more)


def held(book: Playbook) -> int:
    return PlaybookVersion.objects.in_force().get(playbook=book).number


def text_of(answer) -> str:
    return html.unescape(" ".join(answer.content.decode().split()))


# --- Two persons -----------------------------------------------------------------------------------------------
def test_a_version_is_used_only_once_somebody_else_confirmed_it(book, abe, bea):
    version = proposed(book, abe)
    assert held(book) == 1
    keeping.confirm(version.pk, by=bea)
    assert held(book) == 2
    kinds = Event.objects.filter(about=version.pk).order_by("at").values_list("kind", "actor")
    assert list(kinds) == [("playbook_proposed", abe.as_actor), ("playbook_confirmed", bea.as_actor)]


def test_who_proposed_a_version_cannot_confirm_it_and_can_take_it_back(book, abe, bea):
    version = proposed(book, abe)
    with pytest.raises(NotKept, match="another approver"):
        keeping.confirm(version.pk, by=abe)
    keeping.drop(version.pk, by=abe)
    with pytest.raises(NotKept, match="no longer waits"):
        keeping.confirm(version.pk, by=bea)
    assert held(book) == 1
    assert Event.objects.filter(about=version.pk, kind="playbook_dropped").exists()


@pytest.mark.parametrize(
    "wrong",
    [
        lambda abe: {"confirmed_by": abe, "confirmed_at": timezone.now()},  # the same person twice
        lambda abe: {"confirmed_at": timezone.now()},  # nobody
        lambda abe: {"proposed_by": None, "confirmed_at": timezone.now()},  # as if we had shipped it
        lambda abe: {"proposed_by": None},
    ],
)
def test_the_database_itself_wants_a_second_person(book, abe, wrong):
    version = proposed(book, abe)
    with pytest.raises(IntegrityError), transaction.atomic():
        PlaybookVersion.objects.filter(pk=version.pk).update(**wrong(abe))


def test_what_was_dropped_cannot_be_confirmed_even_in_the_database(book, abe, bea):
    version = proposed(book, abe)
    keeping.drop(version.pk, by=bea)
    with pytest.raises(IntegrityError), transaction.atomic():
        PlaybookVersion.objects.filter(pk=version.pk).update(confirmed_by=bea, confirmed_at=timezone.now())


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.APPROVER])
def test_nobody_but_an_approver_keeps_playbooks(book, abe, role):
    someone, version = person("Someone", role), proposed(book, abe)
    with pytest.raises(NotKept):
        keeping.confirm(version.pk, by=someone)
    with pytest.raises(NotKept):
        keeping.drop(version.pk, by=someone)
    with pytest.raises(NotKept):
        proposed(book, someone, "Another.")
    with pytest.raises(NotKept):
        keeping.begin(Place(Purpose.TELL, None, "en", "New"), "Text.", WHY, timezone.now(), by=someone)
    assert PlaybookVersion.objects.proposed().get() == version


def test_changing_a_text_wants_a_second_factor_shown_just_now():
    assert "keep_playbooks" in roles.FRESH


def test_older_versions_stay_as_they_were(book, abe, bea):
    before = book.versions.get(number=1).text
    for text in ("First.", "Second."):
        keeping.confirm(proposed(book, abe, text).pk, by=bea)
    assert list(book.versions.order_by("number").values_list("text", flat=True)) == [before, "First.", "Second."]


def test_a_version_can_be_set_for_a_day_to_come(book, abe, bea):
    version = keeping.propose(book, "Later.", WHY, timezone.now() + timedelta(5), by=abe)
    keeping.confirm(version.pk, by=bea)
    assert held(book) == 1
    assert PlaybookVersion.objects.in_force(timezone.now() + timedelta(6)).get(playbook=book) == version


def test_a_version_confirmed_late_holds_from_its_confirmation(book, abe, bea):
    version = proposed(book, abe)
    with travel(timezone.now() + timedelta(3), tick=False):
        assert keeping.confirm(version.pk, by=bea).effective_at == timezone.now()


def test_two_versions_of_one_playbook_do_not_wait_together(book, abe, bea):
    proposed(book, abe)
    with pytest.raises(NotKept, match="waits already"):
        proposed(book, bea, "Another.")


def test_what_is_no_change_is_not_proposed(book, abe):
    with pytest.raises(NotKept, match="different"):
        proposed(book, abe, book.versions.get().text + "\r\n")


def test_a_new_playbook_has_its_title_once(abe):
    place = Place(Purpose.TELL, Right.DELETE, "en", "We begin to delete")
    keeping.begin(place, "We begin.", WHY, timezone.now(), by=abe)
    with pytest.raises(NotKept, match="there already"):
        keeping.begin(place, "We start.", WHY, timezone.now(), by=abe)


# --- What a text may hold ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("We answer by {due}.", None),
        ("We answer by {when}.", "{when}"),
        ("We answer by {due }.", "{due }"),
        ("We answer by {}.", "{}"),
        ("We answer by {due.", "brace stands alone"),
        ("We answer by due}.", "brace stands alone"),
        ("Hello {{ due }}", "{ due }"),
        ("You must write to us.", "must"),
        ("Please NOTE: it is so.", "please note"),
        ("We verified you.", "verified"),
        ("It is a mustard seed.", None),
    ],
)
def test_what_is_wrong_with_a_text_is_said(text, said):
    found = " ".join(texts.problems(text, "en"))
    assert (said in found) if said else not found


def test_words_of_english_are_looked_for_in_english_alone():
    assert not texts.problems("Esto es un must.", "es")
    assert texts.problems("Hasta el {fecha}.", "es")


def test_a_text_is_never_run_as_a_template(rosas_request):
    text = "{% load static %}{{ settings.SECRET_KEY }}{due.__class__}{0}{due!r}{due:>9}"
    assert texts.filled(text, texts.facts_of(rosas_request), "en") == text


def test_every_field_is_filled_with_what_the_requester_reads_anyway(rosas_request):
    text = "|".join(f"{{{name}}}" for name in texts.FIELDS)
    said = texts.filled(text, texts.facts_of(rosas_request), "en")
    assert not set("{}") & set(said)
    assert spoken(rosas_request.reference) in said
    assert words.day(rosas_request.leading_on) in said
    assert "Rosa" not in said
    assert "rosa@" not in said


def test_days_are_said_in_the_language_of_the_text(rosas_request):
    said = texts.filled("{due}", texts.facts_of(rosas_request), "es")
    with override("es"):
        assert said == words.day(rosas_request.leading_on)
    assert said != words.day(rosas_request.leading_on)


@given(st.text(alphabet="ab {}\n"), st.text(alphabet="ab {}\n"))
def test_side_by_side_neither_text_loses_a_letter(before, after):
    left, right = texts.side_by_side(before, after)
    assert "".join(piece.text for piece in left) == before
    assert "".join(piece.text for piece in right) == after
    assert any(piece.differs for piece in left + right) == (before != after)


# --- What we ship --------------------------------------------------------------------------------------------------
def test_what_we_ship_is_version_1_of_each_in_both_languages():
    versions = PlaybookVersion.objects.in_force().select_related("playbook")
    places = {(one.playbook.purpose, one.playbook.right, one.playbook.title, one.playbook.language) for one in versions}
    entries = loading.shipped()
    assert len(places) == len(versions) == 2 * len(entries)
    assert {purpose for purpose, *_rest in places} == set(Purpose), "a text for everything that is written"
    assert {one.number for one in versions} == {1}
    assert {(one.proposed_by, one.confirmed_by, one.why) for one in versions} == {(None, None, loading.SHIPPED)}


def test_loading_again_touches_nothing(book, abe, bea):
    keeping.confirm(proposed(book, abe).pk, by=bea)
    before = PlaybookVersion.objects.count()
    assert loading.load() is False
    assert (PlaybookVersion.objects.count(), held(book)) == (before, 2)


@pytest.mark.parametrize("language", ["en", "es"])
def test_what_we_ship_could_be_proposed_as_it_is(language):
    for one in PlaybookVersion.objects.filter(playbook__language=language):
        assert not texts.problems(one.text, language), one.playbook.title
        assert not re.search(r"[^\n]\n[^\n]", one.text), "no line of the file is a line of the letter"


def test_what_we_ship_in_english_reads_easily():
    for one in PlaybookVersion.objects.filter(playbook__language="en").select_related("playbook"):
        said = reading.sentences(texts.filled(one.text, texts.sample(one.playbook.right), "en").split("\n\n"))
        assert reading.grade(said) <= 8, one.playbook.title
        assert max(len(reading.words(sentence)) for sentence in said) <= 25, one.playbook.title


# --- On the pages ----------------------------------------------------------------------------------------------------
def form_of(**more) -> dict[str, str]:
    today = timezone.localdate().isoformat()
    return {"text": "Which number is it? We answer by {due}.", "why": WHY, "from_on": today, "in_use": "on"} | more


def seen(answer) -> str:
    return re.findall(r'name="seen" value="(\w+)"', answer.content.decode())[0]


def test_a_text_is_shown_on_a_sample_case_beside_the_version_in_force_before_it_can_be_proposed(book, abe):
    client, address = signed_in(abe), f"{LIST}{book.pk}/"
    page = client.post(address, form_of(show="1"))
    said = text_of(page)
    due = words.day(texts.sample("").due_on)
    assert 'In force now: version 1</h3> <p class="as-typed" dir="auto" lang="en">' in said
    assert "<del>" in said
    assert "<ins>" in said
    assert f"We answer by {due}." in re.sub("</?(ins|del)>", "", said)
    assert not PlaybookVersion.objects.proposed().exists()
    client.post(address, form_of(propose="1", seen=seen(page)))
    version = PlaybookVersion.objects.proposed().get()
    assert (version.playbook, version.number, version.proposed_by) == (book, 2, abe)


def test_another_text_than_the_one_that_was_shown_is_not_proposed(book, abe):
    client, address = signed_in(abe), f"{LIST}{book.pk}/"
    token = seen(client.post(address, form_of(show="1")))
    page = text_of(client.post(address, form_of(propose="1", seen=token, text="Something else.")))
    assert "This text was not shown on the sample case yet" in page
    assert "Something else." in page
    assert not PlaybookVersion.objects.proposed().exists()


def test_what_is_wrong_is_said_at_the_box_and_what_was_typed_stays(book, abe):
    page = text_of(signed_in(abe).post(f"{LIST}{book.pk}/", form_of(show="1", text="By {when}.", why="")))
    assert "<title>Error:" in page
    assert 'href="#id_text"' in page
    assert "“{when}” is no field" in page
    assert "Write why." in page
    assert "By {when}.</textarea>" in page
    assert "On a sample case" not in page


def test_bea_confirms_on_the_page_what_abe_proposed_and_abe_cannot(book, abe, bea):
    version = proposed(book, abe)
    address = f"{LIST}{book.pk}/"
    assert "Confirm this version" not in text_of(signed_in(abe).get(address))
    assert "Take it back" in text_of(signed_in(abe).get(address))
    said = text_of(signed_in(abe).post(f"{LIST}versions/{version.pk}/confirm/", follow=True))
    assert "cannot confirm it" in said
    assert held(book) == 1
    page = text_of(signed_in(bea).get(address))
    assert "Confirm this version" in page
    assert "waits for a second person" in page
    signed_in(bea).post(f"{LIST}versions/{version.pk}/confirm/")
    assert held(book) == 2


def test_bea_reads_on_her_first_page_that_a_text_waits_for_her(book, abe, bea):
    proposed(book, abe)
    line = "texts of playbooks to confirm"
    assert line in text_of(signed_in(bea).get("/admin/"))
    assert line not in text_of(signed_in(abe).get("/admin/"))


@pytest.mark.parametrize("path", ["", "versions/confirm", "versions/drop"])
def test_six_minutes_after_the_second_factor_it_is_asked_for_again(book, abe, bea, path):
    client = signed_in(bea)
    if path:
        pk, verb = proposed(book, abe).pk, path.partition("/")[2]
        address, given = f"{LIST}versions/{pk}/{verb}/", {}
    else:
        address, given = f"{LIST}{book.pk}/", form_of(propose="1")
        given["seen"] = seen(client.post(address, form_of(show="1")))
    before = list(PlaybookVersion.objects.values_list("number", "confirmed_at", "dropped_at").order_by("pk"))
    with travel(timezone.now() + timedelta(minutes=6), tick=False):
        page = text_of(client.post(address, given))
    assert "Confirm that it is you" in page
    assert list(PlaybookVersion.objects.values_list("number", "confirmed_at", "dropped_at").order_by("pk")) == before


def test_a_new_playbook_is_shown_proposed_and_confirmed(abe, bea, rosas_request):
    client = signed_in(abe)
    given = form_of(purpose="tell", right="access", language="en", title="Your copy is being made")
    token = seen(client.post(NEW, given | {"show": "1"}))
    client.post(NEW, given | {"propose": "1", "seen": token})
    version = PlaybookVersion.objects.proposed().get()
    titles = [one.playbook.title for one in offering.offered(rosas_request)["tell"]]
    assert "Your copy is being made" not in titles, "nobody confirmed it yet"
    keeping.confirm(version.pk, by=bea)
    titles = [one.playbook.title for one in offering.offered(rosas_request)["tell"]]
    assert titles[0] == "Your copy is being made", "what is for this right comes first"


@pytest.mark.parametrize("name", ["tess", "vera", "otto", "ada"])
def test_others_read_every_version_and_are_offered_nothing_to_press(book, abe, name, request):
    proposed(book, abe)
    client = signed_in(request.getfixturevalue(name))
    assert "Which account or number" in text_of(client.get(LIST))
    page = text_of(client.get(f"{LIST}{book.pk}/"))
    assert "Which number do you mean?" in page
    for pressed in ("Confirm this version", "Refuse it", "Propose it", "Show it on a sample case"):
        assert pressed not in page
    assert client.post(f"{LIST}{book.pk}/", form_of(show="1")).status_code == 403
    assert client.get(NEW).status_code == 403


def test_looking_changes_nothing(book, abe, bea):
    version = proposed(book, abe)
    for verb in ("confirm", "drop"):
        assert signed_in(bea).get(f"{LIST}versions/{version.pk}/{verb}/").status_code == 405
    signed_in(bea).get(f"{LIST}{book.pk}/?propose=1&text=x")
    assert PlaybookVersion.objects.proposed().get() == version


# --- In use ----------------------------------------------------------------------------------------------------------
@pytest.fixture
def in_work(tess, rosas_request):
    workflow.take(rosas_request, by=tess)
    return fresh(rosas_request)


def chosen(one, purpose: Purpose) -> PlaybookVersion:
    verb = offering.USES[purpose].verb
    return next(each for each in offering.offered(one)[verb] if each.playbook.purpose == purpose)


def put_in(user, one, verb, version, **typed):
    given = {f"{verb}-{name}": value for name, value in typed.items()}
    given |= {f"{verb}-playbook": str(version.pk) if version else "", "put_in": "1"}
    return signed_in(user).post(f"{QUEUE}{one.pk}/do/{verb}/", given)


def box(answer, verb: str, name: str) -> str:
    found = re.findall(rf'<textarea name="{verb}-{name}"[^>]*>(.*?)</textarea>', answer.content.decode(), re.DOTALL)
    return html.unescape(found[0]).strip()


@pytest.mark.parametrize("purpose", Purpose)
def test_a_playbook_stands_filled_in_its_box_and_nothing_is_sent(tess, in_work, purpose):
    version, use = chosen(in_work, purpose), offering.USES[purpose]
    events = Event.objects.about(in_work.pk).count()
    page = put_in(tess, in_work, use.verb, version)
    expected = texts.filled(version.text, texts.facts_of(in_work), "en")
    assert box(page, use.verb, use.box) == expected
    assert "stands in the box now" in text_of(page)
    assert "<title>Error:" not in text_of(page)
    assert "There is a problem" not in text_of(page)
    assert not Message.objects.exists()
    assert fresh(in_work).status == Status.IN_PROGRESS
    assert Event.objects.about(in_work.pk).count() == events


def test_pressed_twice_it_stands_there_once(tess, in_work):
    version, use = chosen(in_work, Purpose.TELL), offering.USES[Purpose.TELL]
    once = box(put_in(tess, in_work, use.verb, version, text="Hello."), use.verb, use.box)
    assert box(put_in(tess, in_work, use.verb, version, text=once), use.verb, use.box) == once


def test_a_field_that_nobody_filled_does_not_leave(tess, in_work):
    address = f"{QUEUE}{in_work.pk}/do/tell/"
    page = signed_in(tess).post(address, {"tell-text": "We answer by {due_date}."})
    assert "“{due_date}” was not filled in." in text_of(page)
    assert not Message.objects.exists()
    signed_in(tess).post(address, {"tell-text": 'Your data: {"name": "Rosa"}'})
    assert Message.objects.exists(), "data is written with braces, too"


def test_a_day_that_is_over_is_pointed_out_before_it_is_promised(tess):
    line = "The day that it names is over"
    for days, is_said in ((3, False), (20, True)):
        one = ask(Right.ACCESS, received_at=timezone.now() - timedelta(days=days))
        workflow.take(one, by=tess)
        assert (line in text_of(put_in(tess, one, "tell", chosen(fresh(one), Purpose.TELL)))) is is_said
        assert line not in text_of(put_in(tess, fresh(one), "answer", chosen(fresh(one), Purpose.PARTLY)))


def test_what_was_typed_stays_above_it_and_every_choice_stays(tess, in_work):
    version = chosen(in_work, Purpose.PARTLY)
    page = put_in(tess, in_work, "answer", version, text="Your data.", reason="One bill.", ending="nothing_held")
    assert box(page, "answer", "text") == "Your data."
    assert box(page, "answer", "reason").startswith("One bill.\n\nWe left out")
    assert re.search(r'value="nothing_held"[^>]* checked', page.content.decode()), "a choice is not overruled"


def test_an_ending_that_nobody_chose_is_the_one_of_the_playbook(tess, in_work):
    page = put_in(tess, in_work, "answer", chosen(in_work, Purpose.PARTLY)).content.decode()
    assert re.search(r'value="partly"[^>]* checked', page)


def test_grounds_that_were_ticked_stay_ticked(tess, in_work):
    page = put_in(tess, in_work, "refuse", chosen(in_work, Purpose.REFUSED), grounds=["policy_7_repetitive"])
    assert re.search(r'value="policy_7_repetitive"[^>]* checked', page.content.decode())


def test_what_stands_in_the_box_is_kept_should_the_page_be_closed(tess, in_work):
    put_in(tess, in_work, "ask", chosen(in_work, Purpose.ASK), text="Mine.")
    assert KeptText.objects.get().texts["text"].startswith("Mine.\n\nWe are working on")
    assert "Mine.\n\nWe are working on" in html.unescape(page_of(tess, in_work))


def test_it_is_sent_as_it_stood_once_somebody_sends_it(tess, in_work):
    page = put_in(tess, in_work, "tell", chosen(in_work, Purpose.TELL))
    text = box(page, "tell", "text")
    signed_in(tess).post(f"{QUEUE}{in_work.pk}/do/tell/", {"tell-text": text})
    assert Message.objects.get().text == text


@pytest.mark.parametrize("which", ["none", "unknown", "of another step", "no longer in force"])
def test_without_a_playbook_that_is_offered_it_is_said_and_what_was_typed_stays(tess, abe, bea, in_work, which):
    version = chosen(in_work, Purpose.TELL)
    if which == "of another step":
        version = chosen(in_work, Purpose.REFUSED)
    if which == "no longer in force":
        keeping.confirm(proposed(version.playbook, abe).pk, by=bea)
    if which == "unknown":
        version = PlaybookVersion()
    page = put_in(tess, in_work, "tell", None if which == "none" else version, text="Mine.")
    said = text_of(page)
    assert "<title>Error:" in said
    assert 'href="#id_tell-playbook"' in said
    assert box(page, "tell", "text") == "Mine."


def test_a_text_that_is_offered_no_longer_is_gone_from_the_choice(tess, abe, bea, in_work):
    version = chosen(in_work, Purpose.TELL)
    assert version.playbook.title in page_of(tess, in_work)
    keeping.confirm(proposed(version.playbook, abe, version.text, in_use=False).pk, by=bea)
    assert version.playbook.title not in page_of(tess, in_work)


def test_a_text_for_another_right_is_not_offered(tess, in_work):
    titles = [one.playbook.title for versions in offering.offered(in_work).values() for one in versions]
    assert "Copy of the data" in titles
    assert "Bills are kept for tax law" not in titles


def test_who_reads_spanish_is_written_to_in_spanish(tess):
    one = ask(Right.ACCESS, language="es")
    workflow.take(one, by=tess)
    page = put_in(tess, one, "tell", chosen(fresh(one), Purpose.TELL))
    said = box(page, "tell", "text")
    assert said.startswith("Estamos trabajando")
    with override("es"):
        assert words.day(one.leading_on) in said


def test_without_a_spanish_text_the_english_one_comes_and_says_so(tess, abe, bea):
    version = keeping.begin(Place(Purpose.TELL, None, "en", "Ours"), "In English.", WHY, timezone.now(), by=abe)
    keeping.confirm(version.pk, by=bea)
    one = ask(Right.ACCESS, language="es")
    assert version in offering.offered(one)["tell"]
    assert "Ours (English)" in page_of(tess, one)


def test_where_the_step_is_gone_meanwhile_nothing_of_what_was_typed_is_lost(tess, in_work):
    version = chosen(in_work, Purpose.ASK)
    workflow.withdraw(in_work, by=tess, why="She called.")
    page = text_of(put_in(tess, in_work, "ask", version, text="Mine of before."))
    assert "This step was not taken" in page
    assert "Mine of before." in page


def test_the_languages_of_playbooks_are_those_of_the_portal():
    assert set(LANGUAGES) == set(dict(settings.LANGUAGES))


def test_who_may_not_take_a_step_puts_nothing_into_its_box(otto, in_work):
    version = chosen(in_work, Purpose.TELL)
    answer = put_in(otto, in_work, "tell", version, text="Mine.")
    assert answer.status_code == 302
    assert not KeptText.objects.exists()
