"""How staff sessions end, and what has to be confirmed within one; invitations; what an administrator can do."""

import re
from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from time_machine import travel

from primevox_privacy.ledger.models import Event
from primevox_privacy.outbox.models import Letter
from primevox_privacy.staff import inviting, second_factor, sessions
from primevox_privacy.staff.models import User
from primevox_privacy.staff.tasks import forget_sessions
from requests import workflow
from requests.answers import Draft
from requests.models import LevelRule, Playbook, PlaybookVersion
from requests.playbooks import keeping
from requests.terms import Ending, Right, Role, Status
from tests.cast import ask, fresh, person, prove, signed_in
from tests.passkeys import app_of, code
from tests.test_staff_sign_in import DOOR, QUEUE, SECOND, WORDS, is_in, signs_in, with_password

pytestmark = pytest.mark.django_db
CONFIRM, OWN = "/admin/confirm/", "/admin/your-sign-in/"


def later(**how):
    return travel(timezone.now() + timedelta(**how), tick=False)


# --- Ends ----------------------------------------------------------------------------------------------------
def test_thirty_idle_minutes_end_a_session(tess):
    client = signed_in(tess)
    with later(minutes=29):
        assert is_in(client)
    with later(minutes=58):
        assert is_in(client)
    with later(minutes=89):
        page = client.get(QUEUE, follow=True)
        assert "You were signed out" in page.content.decode()
        assert not is_in(client)


def test_eight_hours_end_a_session_however_busy(tess):
    client = signed_in(tess)
    for minutes in range(25, 8 * 60, 25):
        with later(minutes=minutes):
            assert is_in(client), minutes
    with later(minutes=8 * 60 + 1):
        assert not is_in(client)


def test_what_was_written_when_the_session_had_ended_comes_back_to_be_copied(tess, rosas_request):
    client = signed_in(tess)
    with later(minutes=31):
        page = client.post(f"{QUEUE}{rosas_request.pk}/do/ask/", {"ask-text": "Which account do you mean?"})
    assert page.status_code == 403
    assert "Which account do you mean?" in page.content.decode()
    assert fresh(rosas_request).status == Status.RECEIVED


def test_tess_ends_her_session_elsewhere(tess):
    app_of(with_password(tess))
    elsewhere, here = signs_in(tess, -1), signs_in(tess)
    other = next(one for one in sessions.of(tess) if one.session_key == elsewhere.session.session_key)
    here.post(f"{OWN}end/{other.pk}/")
    assert is_in(here)
    assert not is_in(elsewhere)


def test_abe_cannot_end_a_session_of_tess(tess, abe):
    app_of(with_password(tess))
    hers = signs_in(tess)
    for one in sessions.of(tess):
        signed_in(abe).post(f"{OWN}end/{one.pk}/")
    assert is_in(hers)


def test_an_administrator_ends_all_sessions_of_somebody(tess, ada):
    app_of(with_password(tess))
    hers = [signs_in(tess, -1), signs_in(tess)]
    signed_in(ada).post(f"/admin/staff/user/{tess.pk}/end-sessions/")
    assert not any(is_in(client) for client in hers)
    assert Event.objects.get(kind="sessions_ended").actor == ada.as_actor


@pytest.mark.parametrize("verb", ["end-sessions", "invite"])
@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_nobody_but_an_administrator_touches_the_account_of_somebody_else(tess, role, verb):
    app_of(with_password(tess))
    hers = signs_in(tess)
    assert signed_in(person("Someone", role)).post(f"/admin/staff/user/{tess.pk}/{verb}/").status_code == 403
    assert is_in(hers)


def test_a_new_password_ends_all_other_sessions(tess):
    app_of(with_password(tess))
    elsewhere, here = signs_in(tess, -1), signs_in(tess)
    anew = "another five words for the door"
    page = here.post("/admin/password_change/", {"password": anew, "again": anew})
    assert page.url == OWN
    assert is_in(here)
    assert not is_in(elsewhere)


def known_of(*clients: Client) -> list[bool]:
    """Whether anything is remembered of these sessions: the row itself, and the address and browser."""
    keys = [client.session.session_key for client in clients]
    return [
        UserSession.objects.filter(session_key=key).exists() or Session.objects.filter(pk=key).exists() for key in keys
    ]


def test_where_somebody_signed_in_from_is_forgotten_once_the_session_is_over(tess, vera, rosas_request):
    app_of(with_password(tess))
    over, requesters = signs_in(tess), Client()
    requesters.post("/your-request/", {"reference": rosas_request.reference})
    with later(hours=7):
        going_on = signs_in(tess)
        sessions.forget()
        assert known_of(over, requesters, going_on) == [True, True, True]
    with later(hours=8, minutes=1):
        forget_sessions()
        assert known_of(over, requesters, going_on) == [False, False, True]


def test_an_address_without_a_session_is_forgotten(tess):
    UserSession.objects.create(user=tess, ip="192.0.2.7", session_key="0" * 32, user_agent="Lynx")
    sessions.forget()
    assert not UserSession.objects.exists()


WEAK = [
    ("short", "15 characters"),
    ("passwordpassword", "common"),
    ("football qwertyuiop", "common"),
    ("xkqzxkqzxkqzxkqz", "common"),
    ("1111111111111112", "common"),
    ("tess ibarra tess", "too similar"),
]


@pytest.mark.parametrize(("typed", "said"), WEAK)
def test_a_weak_password_is_refused_in_words(tess, typed, said):
    User.objects.filter(pk=tess.pk).update(first_name="tess ibarra tess")
    page = signed_in(tess).post("/admin/password_change/", {"password": typed, "again": typed})
    assert said in page.content.decode()
    assert not User.objects.get(pk=tess.pk).check_password(typed)


# --- Confirm that it is you ----------------------------------------------------------------------------------
@pytest.fixture
def in_review(vera, abe):
    one = prove(ask(Right.ACCESS), vera)
    workflow.take(one, by=abe)
    workflow.answer(one, Draft(Ending.FULFILLED, text="Name: Rosa Marquez"), by=abe)
    return fresh(one)


def carried(page) -> dict[str, str]:
    """What the page of confirming carries along, as a browser would send it."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.content.decode())
    return {name: value for name, value in found if name != "csrfmiddlewaretoken"}


def test_bea_confirms_before_she_releases_and_types_nothing_twice(bea, in_review):
    app_of(bea)
    client, place = signed_in(bea, second_factor.TOTP), f"{QUEUE}{in_review.pk}/do/release/"
    with later(minutes=6):
        page = client.post(place, {"release-read": "on"})
        assert "Confirm that it is you" in page.content.decode()
        assert fresh(in_review).status == Status.IN_REVIEW
        assert carried(page) == {"release-read": "on"}
        wrong = client.post(place, {**carried(page), "confirm_code": "000000"})
        assert "This does not fit" in wrong.content.decode()
        assert fresh(in_review).status == Status.IN_REVIEW
        client.post(place, {**carried(wrong), "confirm_code": code()})
        assert fresh(in_review).status == Status.CLOSED


def test_what_was_typed_travels_as_text(ada, tess):
    app_of(ada)
    client, evil = signed_in(ada, second_factor.TOTP), '"><script>1</script>'
    with later(minutes=6):
        page = client.post(f"/admin/staff/user/{tess.pk}/change/", {"first_name": evil})
    assert "<script>1" not in page.content.decode()
    assert carried(page)["first_name"] == "&quot;&gt;&lt;script&gt;1&lt;/script&gt;"


def test_within_five_minutes_nothing_is_asked(bea, in_review):
    client = signed_in(bea)
    with later(minutes=4):
        client.post(f"{QUEUE}{in_review.pk}/do/release/", {"release-read": "on"})
    assert fresh(in_review).status == Status.CLOSED


def test_confirming_does_not_make_anybody_an_approver(tess, in_review):
    app_of(tess)
    client = signed_in(tess, second_factor.TOTP)
    with later(minutes=6):
        client.post(f"{QUEUE}{in_review.pk}/do/release/", {"release-read": "on", "confirm_code": code()})
    assert fresh(in_review).status == Status.IN_REVIEW


def test_a_code_that_signed_in_does_not_confirm(bea, in_review):
    app_of(with_password(bea))
    with travel(timezone.now(), tick=False) as clock:
        client = signs_in(bea, steps=1)
        session = client.session
        session["account_authentication_methods"][-1]["at"] -= 301
        session.save()
        clock.shift(1)
        page = client.post(f"{QUEUE}{in_review.pk}/do/release/", {"release-read": "on", "confirm_code": code(1)})
        assert "This does not fit" in page.content.decode()
    assert fresh(in_review).status == Status.IN_REVIEW


def asks(page) -> bool:
    return (page.status_code == 302 and page.url.startswith(CONFIRM)) or (
        page.status_code == 200 and "Confirm that it is you" in page.content.decode()
    )


def test_every_way_out_every_text_and_every_key_asks_first(tess, vera, abe, bea, ada, rosas_request):
    today = timezone.localdate().isoformat()
    cell = "/admin/requests/levelrule/restrict/ordinary/self/"
    book = Playbook.objects.order_by("pk")[0]
    waits = keeping.propose(book, "Another text.", "Shorter.", timezone.now(), by=abe)
    with_roles = {"username": "tess", "is_active": "on", "is_staff": "on", "groups": []}
    stale = [
        (vera, "post", f"{QUEUE}{rosas_request.pk}/identity/", {}),
        (
            vera,
            "post",
            f"{QUEUE}{rosas_request.pk}/do/new_continuation_code/",
            {"new_continuation_code-made_sure": "on"},
        ),
        (tess, "get", f"{QUEUE}figures/{today[:4]}/csv/", {}),
        (bea, "post", f"/admin/rules/playbooks/versions/{waits.pk}/confirm/", {}),
        (bea, "post", f"/admin/rules/playbooks/versions/{waits.pk}/drop/", {}),
        (ada, "post", cell, {"level": "3", "reason": "We were fooled.", "from_on": today}),
        (ada, "post", f"/admin/staff/user/{tess.pk}/change/", with_roles),
        (ada, "post", "/admin/staff/user/add/", {"username": "nora", "email": "n@primevox.example"}),
        (ada, "post", f"/admin/staff/user/{tess.pk}/invite/", {}),
        (ada, "post", f"/admin/staff/user/{tess.pk}/end-sessions/", {}),
        (tess, "post", f"{OWN}codes/", {}),
        (tess, "post", f"{OWN}remove/1/", {}),
        (tess, "get", f"{OWN}app/", {}),
        (tess, "get", f"{OWN}passkey/", {}),
        (tess, "post", "/admin/password_change/", {"password": WORDS, "again": WORDS}),
    ]
    events = Event.objects.count()
    for who, method, address, given in stale:
        client = signed_in(who)
        with later(minutes=6):
            assert asks(getattr(client, method)(address, given)), address
    assert Event.objects.count() == events
    assert not LevelRule.objects.exists()
    assert PlaybookVersion.objects.proposed().count() == 1
    assert not User.objects.filter(username="nora").exists()


def test_after_confirming_one_goes_on_to_where_one_was_going(tess):
    app_of(tess)
    client = signed_in(tess, second_factor.TOTP)
    with later(minutes=6):
        going = client.get(f"{OWN}passkey/").url
        page = client.get(going)
        assert client.post(CONFIRM, {**carried(page), "confirm_code": code()}).url == f"{OWN}passkey/"
        assert client.get(f"{OWN}passkey/").status_code == 200
        assert client.post(CONFIRM, {"next": "https://evil.example/", "confirm_code": code(1)}).url == "/admin/"


def test_reading_and_everyday_steps_ask_nothing(tess, rosas_request):
    client = signed_in(tess)
    with later(minutes=20):
        client.post(f"{QUEUE}{rosas_request.pk}/do/take/")
    assert fresh(rosas_request).handler == tess


# --- Invitations ---------------------------------------------------------------------------------------------
def link_to(user: User) -> str:
    letter = Letter.objects.select_related("address_key").filter(kind="invitation").order_by("-owed_at")[0]
    assert letter.address == user.email
    return re.findall(r"/admin/welcome/\w{32}/", letter.text)[0]


def add_nora(ada, role: Role = Role.TRIAGE) -> User:
    given = {"username": "nora", "first_name": "Nora", "email": "nora@primevox.example"}
    groups = [Group.objects.get(name=role).pk]
    signed_in(ada).post("/admin/staff/user/add/", given | {"groups": groups})
    return User.objects.get(username="nora")


def changed_by(ada, who: User, **given) -> None:
    """What the page of an account sends: a box that is not ticked is not there."""
    form = {"username": who.username, "email": who.email, "is_active": "on"} | given
    sent = {name: value for name, value in form.items() if value is not None}
    page = signed_in(ada).post(f"/admin/staff/user/{who.pk}/change/", sent)
    assert page.status_code == 302, page.content.decode()


def test_who_gave_which_role_to_whom_is_recorded_and_read_in_the_log(ada, bea, tess):
    ids = {group.name: group.pk for group in Group.objects.all()}
    changed_by(ada, tess, groups=[ids[Role.APPROVER], ids[Role.VERIFIER]])
    event = Event.objects.get(about=tess.pk, kind="roles_changed")
    assert event.actor == ada.as_actor
    assert event.detail == {"given": ["approver", "verifier"], "taken": ["triage"]}
    log = signed_in(bea).get(f"{QUEUE}log/?what=accounts").content.decode()
    assert "Roles given: Approver, Verifier. Roles taken: Triage" in log
    changed_by(ada, tess, groups=[ids[Role.APPROVER], ids[Role.VERIFIER]])
    assert Event.objects.filter(kind="roles_changed").count() == 1, "nothing was different"


def test_closing_an_account_and_opening_it_again_is_recorded(ada, tess):
    same = {"groups": [Group.objects.get(name=Role.TRIAGE).pk]}
    changed_by(ada, tess, is_active=None, **same)
    changed_by(ada, tess, **same)
    kinds = (
        Event.objects.filter(about=tess.pk, kind__startswith="account_").order_by("at").values_list("kind", flat=True)
    )
    assert list(kinds) == ["account_closed", "account_opened"]


def test_nora_is_made_without_a_password_and_sets_herself_up(ada):
    nora = add_nora(ada)
    assert not nora.has_usable_password()
    client, link = Client(), link_to(nora)
    assert "Begin" in client.get(link).content.decode()
    assert client.post(link).url == "/admin/welcome/"
    weak = client.post("/admin/welcome/", {"password": "short", "again": "short"}).content.decode()
    assert "15 characters" in weak
    assert client.post("/admin/welcome/", {"password": WORDS, "again": WORDS}).url == f"{OWN}app/"
    assert not is_in(client), "nothing else opens before the second factor"
    secret = client.get(f"{OWN}app/").context_data["secret"].replace(" ", "")
    assert "Your recovery codes" in client.post(f"{OWN}app/", {"code": code(seed=secret)}).content.decode()
    assert is_in(client)
    assert User.objects.get(pk=nora.pk).roles == {Role.TRIAGE}


def test_a_verifier_is_led_to_a_passkey(ada):
    client, link = Client(), link_to(add_nora(ada, Role.VERIFIER))
    client.post(link)
    assert client.post("/admin/welcome/", {"password": WORDS, "again": WORDS}).url == f"{OWN}passkey/"


def test_looking_at_the_link_does_not_use_it_up_and_its_button_does(ada):
    link = link_to(add_nora(ada))
    for _time in range(3):
        assert "Begin" in Client().get(link).content.decode()
    assert Client().post(link).status_code == 302
    assert "does not work any more" in Client().get(link).content.decode()
    assert "does not work any more" in Client().post(link).content.decode()


def test_a_link_is_good_for_a_day(ada):
    link = link_to(add_nora(ada))
    with later(hours=25):
        assert "does not work any more" in Client().get(link).content.decode()
        assert "does not work any more" in Client().post(link).content.decode()


def test_a_link_that_never_was_looks_like_one_that_is_over(ada):
    link = link_to(add_nora(ada))
    Client().post(link)
    over, never = Client().get(link), Client().get(f"/admin/welcome/{'0' * 32}/")
    token = re.compile(rb"/admin/welcome/\w{32}/|value=\"\w{64}\"")
    assert token.sub(b"", over.content) == token.sub(b"", never.content)


def test_the_password_alone_of_an_account_half_set_up_opens_nothing_and_adds_nothing(ada):
    client = Client()
    client.post(link_to(add_nora(ada)))
    client.post("/admin/welcome/", {"password": WORDS, "again": WORDS})
    stan = Client()
    stan.post(DOOR, {"username": "nora", "password": WORDS})
    assert "nobody can sign in with it" in stan.get(SECOND).content.decode()
    assert stan.get(f"{OWN}app/").status_code == 302
    assert not is_in(stan)


def test_a_new_invitation_closes_every_way_from_before(tess, ada):
    app_of(with_password(tess))
    hers = signs_in(tess)
    signed_in(ada).post(f"/admin/staff/user/{tess.pk}/invite/")
    assert not is_in(hers)
    assert not is_in(signs_in(tess, 1))
    first = link_to(tess)
    inviting.invite(tess, by=ada.as_actor)
    assert "does not work any more" in Client().get(first).content.decode()


def test_ada_cannot_start_herself_over_or_set_a_password_for_others(ada, tess):
    assert signed_in(ada).post(f"/admin/staff/user/{ada.pk}/invite/").status_code == 403
    for address in (f"/admin/staff/user/{tess.pk}/password/", f"/admin/auth/user/{tess.pk}/password/"):
        assert signed_in(ada).post(address, {"password1": WORDS, "password2": WORDS}).status_code in (302, 404)
    assert not User.objects.get(pk=tess.pk).check_password(WORDS)


def test_the_first_administrator_comes_by_a_command(db, capsys):
    call_command("invite", "ada", "--email", "ada@primevox.example", "--role", "administrator")
    said = capsys.readouterr().out
    assert Client().get(re.search(r"/admin/welcome/\w{32}/", said)[0]).status_code == 200
    assert User.objects.get().roles == {Role.ADMINISTRATOR}
