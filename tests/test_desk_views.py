"""Views of the queue: filters in the address, with numbers beside them; and what each person keeps for themselves."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from primevox_privacy.outbox.models import Letter
from requests import acting_for, assigning, hub, identity, stopping, workflow
from requests.admin import saved_views
from requests.admin.finding import as_term
from requests.admin.narrowing import as_query, narrowed
from requests.intake import Acting
from requests.models import RightsRequest, SavedView
from requests.references import spoken
from requests.terms import Authority, Capacity, Right, Status
from tests import papers
from tests.cast import FACTS, STATEMENT, ask, fresh, prove, signed_in, submit

pytestmark = pytest.mark.django_db
QUEUE = "/admin/requests/rightsrequest/"


def seen(client, query: str = "") -> set[str]:
    """The references on a page of the queue."""
    page = client.get(f"{QUEUE}?{query}").content.decode()
    return set(re.findall(r"field-reference_said\"><a [^>]*>([\w-]+)<", page))


def numbers(user) -> dict[str, str]:
    return {str(view.name): view.count for view in saved_views.views_of(user, {})}


def said(*requests: RightsRequest) -> set[str]:
    return {spoken(one.reference) for one in requests}


def received(days_ago: float, right: Right = Right.ACCESS) -> RightsRequest:
    return ask(right, received_at=timezone.now() - timedelta(days=days_ago))


# --- What each view shows ----------------------------------------------------------------------------------------
def test_each_view_that_everybody_has_shows_its_requests_and_their_number(tess, abe):
    new, mine, late, soon = ask(Right.CORRECT), ask(Right.KNOW), received(20), received(12)
    workflow.take(fresh(mine), by=tess)
    frozen = ask(Right.DELETE)
    stopping.freeze(fresh(frozen), "Odd.", by=abe)
    unreached = ask(Right.OPT_OUT, email="nowhere@mail.example")
    Letter.objects.filter(about=unreached.submission_id).update(refused_at=timezone.now())
    views = {
        "handler=me": (mine,),
        "due=soon": (soon, unreached) if fresh(unreached).leading_on <= timezone.localdate() else (soon,),
        "due=late": (late,),
        "flag=frozen": (frozen,),
        "state=all&flag=undelivered": (unreached,),
    }
    client = signed_in(tess)
    for query, wanted in views.items():
        assert seen(client, query) >= said(*wanted), query
        assert not seen(client, query) & said(new) or query == "step=received"
    assert said(new, late, soon) <= seen(client, "step=received")
    assert numbers(tess)["Mine"] == numbers(tess)["Overdue"] == numbers(tess)["Frozen"] == "1"
    assert numbers(abe)["Mine"] == "0"


def test_proof_to_compare_is_a_view_of_what_is_given_whoever_has_it(tess, abe, vera):
    given, nobodys, frozen, asked, done = (ask(Right.ACCESS) for _ in range(5))
    workflow.take(given, by=tess)
    for one in (given, nobodys, frozen):
        identity.show(one.submission, FACTS, STATEMENT)
    stopping.freeze(fresh(frozen), "Odd.", by=abe)
    prove(done, vera)
    acting = Acting("Omar Haddad", Authority.POWER_OF_ATTORNEY, "omar@mail.example")
    with_paper, without = (ask(Right.ACCESS, capacity=Capacity.AGENT, acting=acting) for _ in range(2))
    acting_for.give_papers(fresh(with_paper).submission, [papers.received("power.png", b"paper")])
    client = signed_in(tess)
    assert seen(client, "flag=proof") == said(given, nobodys, with_paper)
    assert numbers(tess)["Proof to compare"] == "3"
    assert client.get(QUEUE).content.decode().count("proof to compare") == 2
    assert not said(asked, without) & seen(client, "flag=proof")


def test_the_number_of_a_view_is_the_number_of_rows_that_it_shows(tess, vera):
    for days in (1, 12, 20):
        received(days)
    prove(ask(Right.ACCESS), vera)
    client = signed_in(tess)
    for view in saved_views.views_of(tess, {}):
        assert len(seen(client, view.query)) == view.number, view.name


def test_filters_can_be_combined_and_what_is_unknown_is_left_out(tess):
    wanted, other = ask(Right.DELETE), ask(Right.ACCESS)
    client = signed_in(tess)
    assert seen(client, "right=delete&step=received&law=ccpa&handler=nobody") <= said(wanted)
    assert seen(client, "right=delete&handler=nobody") == said(wanted)
    assert seen(client, "right=nonsense&step=9") == said(wanted, other)


def test_one_view_is_marked_as_the_one_on_the_screen(tess):
    page = signed_in(tess).get(f"{QUEUE}?due=late").content.decode()
    assert re.findall(r'aria-current="page">(\w+)', page) == ["Overdue"]


def test_an_empty_view_says_so_in_words(tess):
    client = signed_in(tess)
    assert "The queue is empty. Nobody waits for us." in client.get(QUEUE).content.decode()
    assert "No request fits these filters now." in client.get(f"{QUEUE}?due=late").content.decode()


def test_the_last_event_stands_in_the_queue(tess, rosas_request):
    workflow.take(rosas_request, by=tess)
    assert "Taken<br>" in signed_in(tess).get(QUEUE).content.decode()


def test_what_the_requester_wrote_stands_in_the_queue_until_staff_take_a_step(tess, abe, rosas_request):
    workflow.take(rosas_request, by=tess)
    client, flag = signed_in(tess), "message from requester"
    assert flag not in client.get(QUEUE).content.decode()
    workflow.reply(fresh(rosas_request), "It is about my old number, too.")
    assert flag in client.get(QUEUE).content.decode()
    assigning.assign(fresh(rosas_request), abe, by=tess)
    assert flag in client.get(QUEUE).content.decode()
    workflow.note(fresh(rosas_request), "She means the number of 2021.", by=abe)
    assert flag not in client.get(QUEUE).content.decode()


# --- Who waits for whom: one statement says the same as the page of the requester ---------------------------------
def situations(vera, abe) -> None:
    """Some of each kind."""
    ask(Right.ACCESS), ask(Right.OPT_OUT), ask(Right.UNSURE)
    prove(ask(Right.ACCESS), vera)
    asked, frozen = ask(Right.OPT_OUT), ask(Right.ACCESS)
    workflow.ask(asked, "Which number?", by=abe)
    stopping.freeze(frozen, "Odd.", by=abe)
    withdrawn = ask(Right.ACCESS)
    workflow.withdraw(withdrawn, by=workflow.REQUESTER)
    acting = Acting("Omar Haddad", Authority.POWER_OF_ATTORNEY, "omar@mail.example")
    for right in (Right.ACCESS, Right.RESTRICT, Right.OPT_OUT):
        ask(right, capacity=Capacity.AGENT, acting=acting)
    again = ask(Right.RESTRICT, capacity=Capacity.AGENT, acting=acting)
    acting_for.decide(again.submission, False, [], None, by=vera)
    acting_for.ask_anew(fresh(again).submission, by=vera)
    decided = ask(Right.ACCESS, capacity=Capacity.AGENT, acting=acting)
    acting_for.decide(decided.submission, False, [], None, by=vera)


def test_who_is_to_act_is_the_same_in_the_queue_and_on_the_page_of_the_requester(vera, abe):
    situations(vera, abe)
    by_queue = {one.pk for one in narrowed({"state": "all", "waits": "requester"}, abe)}
    by_page = {one.pk for one in RightsRequest.objects.all() if hub.waits_for(fresh(one)) == hub.YOU}
    assert by_queue == by_page
    assert len(by_page) >= 4


def test_every_open_request_waits_for_the_requester_or_for_us(vera, abe):
    situations(vera, abe)
    them, us = (set(narrowed({"state": "all", "waits": who}, abe)) for who in ("requester", "us"))
    assert not them & us
    assert them | us == set(RightsRequest.objects.exclude(status=Status.CLOSED))


# --- Few statements, and no counting without end ------------------------------------------------------------------
def test_the_queue_takes_12_statements_however_many_requests_views_and_kinds_of_requester(tess, vera, abe):
    situations(vera, abe)
    for number in range(saved_views.MOST_OF_ONE):
        SavedView.objects.create(owner=tess, name=f"View {number}", query="due=late")
    client = signed_in(tess)
    for view in [*saved_views.BUILT_IN.values(), ("All", {})]:
        query = as_query(view[1])
        client.get(QUEUE)  # what health says is looked at now and then
        with CaptureQueriesContext(connection) as caught:
            client.get(f"{QUEUE}?{query}")
        assert len(caught) <= 12, "\n".join(query["sql"][:120] for query in caught.captured_queries)


def test_a_search_takes_12_statements_however_many_it_finds(tess):
    for _ in range(6):
        submit(Right.ACCESS, Right.DELETE)
    client = signed_in(tess)
    client.get(QUEUE)
    with CaptureQueriesContext(connection) as caught:
        client.get(QUEUE, {"q": as_term("Rosa Marquez")})
    assert len(caught) <= 12, "\n".join(query["sql"][:120] for query in caught.captured_queries)


def test_counting_ends_where_a_number_says_no_more(tess, monkeypatch):
    monkeypatch.setattr(saved_views, "COUNTED_TO", 2)
    submit(Right.ACCESS, Right.DELETE)
    assert numbers(tess)["New"] == "2"
    ask(Right.KNOW)
    assert numbers(tess)["New"] == "2+"
    page = signed_in(tess).get(QUEUE).content.decode()
    assert "2+ privacy requests. Narrow the queue to see the rest." in page


def test_large_numbers_can_be_read():
    assert [saved_views.counted(number) for number in (7, 1000, 1001)] == ["7", "1,000", "1,000+"]


# --- One's own views ----------------------------------------------------------------------------------------------
def save(client, name: str, query: str):
    return client.post(f"{QUEUE}views/save/", {"name": name, "query": query}, follow=True)


def test_tess_keeps_filters_under_a_name_and_sees_their_number(tess, abe):
    ask(Right.DELETE)
    page = save(signed_in(tess), "  Deletions  ", "right=delete").content.decode()
    assert "The view “Deletions” is saved." in page
    assert re.search(r'\?right=delete" aria-current="page">Deletions <b>1</b>', page)
    assert "Deletions" not in numbers(abe)


def test_only_filters_that_the_queue_knows_are_kept(tess):
    save(signed_in(tess), "Mine", "q=rosa@mail.example&handler=me&name=Rosa&right=zz&p=3")
    assert SavedView.objects.get().query == "handler=me"


def test_the_same_name_again_gets_the_new_filters(tess):
    client = signed_in(tess)
    save(client, "Work", "right=delete")
    save(client, "Work", "right=access")
    assert SavedView.objects.get().query == "right=access"


def test_a_view_is_renamed_and_removed(tess):
    client = signed_in(tess)
    save(client, "Work", "right=delete")
    one = SavedView.objects.get()
    client.post(f"{QUEUE}views/{one.pk}/rename/", {"name": "Deletions"})
    assert SavedView.objects.get().name == "Deletions"
    client.post(f"{QUEUE}views/{one.pk}/remove/")
    assert not SavedView.objects.exists()


def test_two_views_of_one_name_are_refused_in_words(tess):
    client = signed_in(tess)
    save(client, "One", "right=delete")
    save(client, "Two", "right=access")
    two = SavedView.objects.get(name="Two")
    page = client.post(f"{QUEUE}views/{two.pk}/rename/", {"name": "One"}, follow=True).content.decode()
    assert "You have a view with this name." in page


@pytest.mark.parametrize(("name", "words"), [(" ", "Give the view a name."), ("x" * 41, "Use at most 40 letters")])
def test_a_name_that_cannot_be_is_refused_in_words(tess, name, words):
    assert words in save(signed_in(tess), name, "right=delete").content.decode()
    assert not SavedView.objects.exists()


def test_nobody_keeps_more_views_than_fit_on_a_page(tess):
    for number in range(saved_views.MOST_OF_ONE):
        SavedView.objects.create(owner=tess, name=f"View {number}", query="due=late")
    assert "You have 20 views." in save(signed_in(tess), "One more", "right=delete").content.decode()


def test_a_colleagues_view_is_as_one_that_is_not_there(tess, abe):
    own = SavedView.objects.create(owner=tess, name="Work", query="due=late")
    for what in ("rename", "remove"):
        assert signed_in(abe).post(f"{QUEUE}views/{own.pk}/{what}/", {"name": "Mine"}).status_code == 404
        assert signed_in(abe).get(f"{QUEUE}views/{own.pk}/{what}/").status_code == 405
    assert SavedView.objects.get().name == "Work"
