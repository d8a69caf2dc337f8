"""Every page of the desk in the states that it comes to: found by going to every address as every role, on an empty
desk and on a full one, and by sending every form of each page with nothing filled in. Pages made of the same kinds of
elements count once.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urljoin

from django.db import transaction
from django.test import Client
from django.utils import timezone
from time_machine import travel

from requests.models import RightsRequest
from requests.terms import Role
from tests.cast import person, signed_in
from tests.full_desk import Desk, Things, patterns

ROUTES = [route for route, _pattern in patterns() if route.startswith("admin/") and "logout" not in route]
TAG = re.compile(r"<(\w+)((?:\s[^<>]*)?)>")
ATTRIBUTE = re.compile(r'([\w-]+)(?:="([^"]*)")?')
FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.DOTALL)
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)"(?: id="[^"]*")?(?: value="([^"]*)")?')
QUEUE = "/admin/requests/rightsrequest/"
Page = tuple[str, Any]  # how somebody came to it, and what the portal answered


def kinds(html: str) -> frozenset[str]:
    """Of what a page is made: its elements with their classes, and the names of what else is said of them."""
    found = set()
    for tag, rest in TAG.findall(html.partition("<body")[2]):
        said = dict(ATTRIBUTE.findall(rest))
        found.add(" ".join([tag, said.get("class", ""), said.get("type", ""), said.get("role", ""), *sorted(said)]))
    return frozenset(found)


def unlike(pages: Iterable[Page], known: set[frozenset[str]]) -> Iterator[Page]:
    """Those pages that have something which is not `known` yet."""
    for name, answer in pages:
        if (
            "text/html" not in answer.get("Content-Type", "")
            or answer.streaming
            or answer.status_code in (301, 302, 405)
        ):
            continue
        made_of = kinds(answer.content.decode())
        if made_of not in known:
            known.add(made_of)
            yield name, answer


def pages_of(role: Role, known: set[frozenset[str]]) -> Iterator[Page]:
    """What somebody with this role comes to, on an empty desk and on a full one; and the forms there, sent empty."""
    user = person(f"New_{role}", role)
    yield from unlike(of(user, f"nothing there, {role}", Things(user=user.pk)), known)
    things = Desk().things_of(user)
    for name, answer in unlike(of(user, str(role), things), known):
        yield name, answer
        yield from unlike(sent_empty(signed_in(user), name, answer), known)
    yield from unlike(confirmed_late(user, things), known)


def of(user: Any, called: str, things: Things) -> Iterator[Page]:
    client = signed_in(user)
    for route in ROUTES:
        yield f"{called}: {route}", client.get(things.address(route))


def at_the_door() -> Iterator[Page]:
    """Before anybody is let in."""
    stranger = Client()
    yield "the door", stranger.get("/admin/login/")
    yield "a wrong password", stranger.post("/admin/login/", {"username": "tess", "password": "wrong"})
    yield "nothing typed", stranger.post("/admin/login/", {})
    yield "a link that is over", stranger.get(f"/admin/welcome/{'0' * 32}/")


def confirmed_late(user: Any, things: Things) -> Iterator[Page]:
    """After five minutes a step asks who it is; after half an hour nobody is there any more."""
    client = signed_in(user)
    with travel(timezone.now() + timedelta(minutes=6), tick=False):
        yield "confirm", client.get("/admin/confirm/?next=/admin/")
        yield "confirm a file", client.post(f"{QUEUE}message-files/{things.message_file}/")
        yield "a wrong code", client.post(f"{QUEUE}message-files/{things.message_file}/", {"confirm_code": "000000"})
    with travel(timezone.now() + timedelta(minutes=50), tick=False):
        text = {"ask-text": "Which account do you mean?"}
        yield "written too late", client.post(f"{QUEUE}{things.case}/do/ask/", text)
        yield "signed out", client.get(QUEUE, follow=True)


def sent_empty(client: Client, name: str, answer: Any) -> Iterator[Page]:
    """What each form of a page says when nothing was filled in. Whatever it did is taken back."""
    here = answer.request["PATH_INFO"]
    for attributes, inside in FORM.findall(answer.content.decode()):
        said = dict(ATTRIBUTE.findall(attributes))
        to = re.search(r'action="([^"]*)"', attributes)
        if said.get("method", "").lower() != "post" or "logout" in attributes:
            continue
        address = urljoin(here, to[1]) if to else here
        with transaction.atomic():
            given = {key: value for key, value in HIDDEN.findall(inside) if key != "csrfmiddlewaretoken"}
            page = client.post(address, given | {"sent": "empty"}, follow=True)
            transaction.set_rollback(True)
        yield f"{name}, sent empty to {address}", page


def cases_of(people: Iterable[Any], known: set[frozenset[str]], *, press: bool) -> Iterator[Page]:
    """The page of every case that is there, as each of these people finds it; `press`: and its forms, sent empty."""
    for user in people:
        client = signed_in(user)
        for one in RightsRequest.objects.order_by("reference"):
            for name, answer in unlike([(f"{user}", client.get(f"{QUEUE}{one.pk}/change/"))], known):
                yield name, answer
                if press:
                    yield from unlike(sent_empty(client, name, answer), known)
