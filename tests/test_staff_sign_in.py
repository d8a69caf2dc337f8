"""Staff sign in: nobody by a password alone, nobody twice with the same code, and who sees documents by passkey."""

import json
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone
from time_machine import travel

from primevox_privacy.ledger.models import Event
from primevox_privacy.outbox.models import Letter
from primevox_privacy.sealed import rotation
from primevox_privacy.sealed.cipher import Unreadable
from primevox_privacy.sealed.models import DataKey
from primevox_privacy.sealed.tasks import end_lives
from primevox_privacy.staff import enrolling, proving
from primevox_privacy.staff.models import User
from primevox_privacy.staff.second_factor import PASSKEY, RECOVERY, TOTP
from requests.terms import Role
from tests.cast import person, signed_in
from tests.passkeys import SEED, Passkey, app_of, challenge_on, code

pytestmark = pytest.mark.django_db
DOOR, SECOND, QUEUE = "/admin/login/", "/admin/login/second/", "/admin/requests/rightsrequest/"
WORDS = "four words that do not belong"


def with_password(user: User) -> User:
    user.set_password(WORDS)
    user.save()
    return user


@pytest.fixture
def tess_with_app(tess):
    app_of(with_password(tess))
    return tess


@pytest.fixture
def vera_with_key(vera):
    Passkey("Vera").of(with_password(vera))
    return vera


def types_password(user: User, typed: str = WORDS) -> Client:
    client = Client()
    client.post(DOOR, {"username": user.username, "password": typed})
    return client


def is_in(client: Client) -> bool:
    return client.get(QUEUE).status_code == 200


def signs_in(user: User, steps: int = 0) -> Client:
    client = types_password(user)
    client.post(SECOND, {"code": code(steps)})
    return client


def shows_key(client: Client, user: User, address: str, key: Passkey | None = None, **how) -> object:
    challenge = challenge_on(client.get(address))
    return client.post(
        address, {"passkey": json.dumps((key or Passkey(user.first_name)).shown(challenge, user, **how))}
    )


# --- The way in ----------------------------------------------------------------------------------------------
def test_tess_comes_in_with_password_and_code(tess_with_app):
    assert is_in(signs_in(tess_with_app))


def test_a_password_alone_opens_nothing(tess_with_app):
    client = types_password(tess_with_app)
    assert client.get("/admin/").url.startswith(DOOR)
    assert not is_in(client)


def test_djangos_own_password_form_is_nowhere(tess_with_app):
    """It would sign in whoever sends these fields to it."""
    client = Client()
    for address in (DOOR, "/admin/", QUEUE, f"{DOOR}?next=/admin/"):
        client.post(address, {"username": "tess", "password": WORDS, "this_is_the_login_form": "1", "next": "/admin/"})
        assert not is_in(client)
        assert "_auth_user_id" not in client.session


def test_a_session_that_django_opened_without_a_second_factor_is_let_in_nowhere(tess):
    client = Client()
    client.force_login(tess)
    assert not is_in(client)


def test_a_code_does_not_work_twice_even_elsewhere(tess_with_app):
    with travel(timezone.now(), tick=False):
        assert is_in(signs_in(tess_with_app))
        assert not is_in(signs_in(tess_with_app))
        assert is_in(signs_in(tess_with_app, steps=1))


def test_an_old_code_does_not_work(tess_with_app):
    assert not is_in(signs_in(tess_with_app, steps=-3))


def test_a_code_of_tess_does_not_let_in_abe(tess_with_app, abe):
    with_password(abe)
    client = types_password(abe)
    client.post(SECOND, {"code": code()})
    assert not is_in(client)


def test_without_a_password_before_no_code_is_taken(tess_with_app):
    client = Client()
    assert client.post(SECOND, {"code": code()}).url == DOOR
    assert not is_in(client)


def test_ten_minutes_after_the_password_it_has_to_be_typed_again(tess_with_app):
    client = types_password(tess_with_app)
    with travel(timezone.now() + timedelta(minutes=11), tick=False):
        client.post(SECOND, {"code": code()})
        assert not is_in(client)


def test_signing_in_makes_a_new_session_key(tess_with_app):
    client = Client()
    client.get(f"{DOOR}?next={QUEUE}")
    before = client.session.session_key
    client.post(DOOR, {"username": "tess", "password": WORDS})
    between = client.session.session_key
    client.post(SECOND, {"code": code()})
    assert len({before, between, client.session.session_key}) == 3


def test_one_is_led_to_where_one_was_going_and_never_elsewhere(tess_with_app):
    for steps, (wanted, led) in enumerate(
        [(f"{QUEUE}?state=all", f"{QUEUE}?state=all"), ("https://evil.example/", "/admin/")]
    ):
        client = Client()
        client.get(DOOR, {"next": wanted})
        client.post(DOOR, {"username": "tess", "password": WORDS})
        assert client.post(SECOND, {"code": code(steps)}).url == led


def test_the_first_page_says_when_one_was_here_before(tess_with_app):
    with travel(timezone.now() - timedelta(days=2), tick=False):
        signs_in(tess_with_app)
    said = signs_in(tess_with_app).get(QUEUE).content.decode()
    assert "You last signed in on" in said


def test_rosa_who_is_no_staff_has_no_account_to_come_in_with(db):
    app_of(with_password(User.objects.create(username="rosa")))
    client = Client()
    client.post(DOOR, {"username": "rosa", "password": WORDS})
    assert client.post(SECOND, {"code": code()}).url == DOOR


# --- Passkeys ------------------------------------------------------------------------------------------------
def test_vera_comes_in_by_passkey_after_her_password(vera_with_key):
    client = types_password(vera_with_key)
    shows_key(client, vera_with_key, SECOND)
    assert is_in(client)


def test_vera_comes_in_by_passkey_alone(vera_with_key):
    client = Client()
    shows_key(client, vera_with_key, DOOR)
    assert is_in(client)


def test_a_passkey_that_was_not_unlocked_opens_nothing(vera_with_key):
    client = Client()
    shows_key(client, vera_with_key, DOOR, unlocked=False)
    assert not is_in(client)


@pytest.mark.parametrize(
    "key", [Passkey("Stan"), Passkey("Vera", "http://testserver.evil.example")], ids=["another key", "another site"]
)
def test_what_does_not_come_from_her_key_on_our_page_opens_nothing(vera_with_key, key):
    client = Client()
    shows_key(client, vera_with_key, DOOR, key)
    assert not is_in(client)


def test_what_a_passkey_said_once_is_worth_nothing_a_second_time(vera_with_key):
    first, second = Client(), Client()
    given = json.dumps(Passkey("Vera").shown(challenge_on(first.get(DOOR)), vera_with_key))
    second.get(DOOR)
    assert not is_in(second)
    first.post(DOOR, {"passkey": given})
    second.post(DOOR, {"passkey": given})
    assert is_in(first)
    assert not is_in(second)


@pytest.mark.parametrize("given", ["x", "{}", "[]", '{"id": 1}', "null", '{"response": {"userHandle": 5}}', "[" * 5000])
def test_nonsense_instead_of_a_passkey_is_a_clear_no(db, given):
    client = Client()
    client.get(DOOR)
    page = client.post(DOOR, {"passkey": given})
    assert page.status_code == 200
    assert "This passkey does not fit here" in page.content.decode()


def test_vera_who_sees_documents_does_not_come_in_by_a_code(vera):
    app_of(with_password(vera))
    client = signs_in(vera)
    assert not is_in(client)
    assert client.get("/admin/", follow=True).redirect_chain[-1][0] == "/admin/your-sign-in/passkey/"


def test_once_vera_has_set_a_passkey_up_she_is_in(vera):
    app_of(with_password(vera))
    client = signs_in(vera)
    challenge = challenge_on(client.get("/admin/your-sign-in/passkey/"))
    page = client.post(
        "/admin/your-sign-in/passkey/", {"passkey": json.dumps(Passkey("Vera").made(challenge)), "name": "k"}
    )
    assert "Your recovery codes" in page.content.decode()
    assert is_in(client)


def test_who_has_a_passkey_cannot_get_round_it_by_adding_another_after_a_code(vera_with_key):
    app_of(vera_with_key)
    client = signs_in(vera_with_key)
    assert client.get("/admin/your-sign-in/passkey/").status_code == 302
    assert client.get("/admin/your-sign-in/app/").status_code == 302
    assert not is_in(client)


def test_a_recovery_code_leads_vera_to_a_new_passkey_and_no_further(vera_with_key):
    one, *_others = enrolling.new_recovery_codes(vera_with_key)
    client = types_password(vera_with_key)
    client.post(SECOND, {"code": one})
    assert not is_in(client)
    assert client.get("/admin/your-sign-in/passkey/").status_code == 200


def test_a_recovery_code_works_once(tess_with_app):
    one, *_others = enrolling.new_recovery_codes(tess_with_app)
    for works in (True, False):
        client = types_password(tess_with_app)
        client.post(SECOND, {"code": one})
        assert is_in(client) is works


# --- Too many tries ------------------------------------------------------------------------------------------
def test_five_wrong_passwords_close_that_door_from_everywhere_and_passkeys_stay_open(vera_with_key):
    for number in range(proving.TRIES):
        client = Client(REMOTE_ADDR=f"203.0.113.{number}")
        client.post(DOOR, {"username": "vera", "password": "wrong"})
    page = Client(REMOTE_ADDR="198.51.100.7").post(DOOR, {"username": "vera", "password": WORDS})
    assert "Too many tries" in page.content.decode()
    by_key = Client()
    shows_key(by_key, vera_with_key, DOOR)
    assert is_in(by_key)


def test_the_door_opens_again_by_itself(tess_with_app):
    for _number in range(proving.TRIES + 1):
        types_password(tess_with_app, "wrong")
    assert not is_in(signs_in(tess_with_app))
    with travel(timezone.now() + proving.WINDOW, tick=False):
        assert is_in(signs_in(tess_with_app))


def test_a_name_that_is_not_there_is_closed_alike(tess_with_app):
    said = []
    for name in ("tess", "nobody"):
        for _number in range(proving.TRIES + 1):
            page = Client().post(DOOR, {"username": name, "password": "wrong"})
            said.append("Too many tries" in page.content.decode())
    assert said[: proving.TRIES + 1] == said[proving.TRIES + 1 :] == [False] * proving.TRIES + [True]


def test_codes_cannot_be_guessed_by_whoever_knows_the_password(tess_with_app):
    client = types_password(tess_with_app)
    for number in range(proving.TRIES):
        client.post(SECOND, {"code": f"{number:06}"})
    page = client.post(SECOND, {"code": code()})
    assert "Too many tries" in page.content.decode()
    assert not is_in(client)


def test_every_try_stands_in_the_record_and_its_owner_sees_it(tess_with_app):
    types_password(tess_with_app, "wrong")
    types_password(User(username="nobody"), "wrong")
    client = signs_in(tess_with_app)
    kinds = list(Event.objects.order_by("at").values_list("kind", "about"))
    assert [kind for kind, about in kinds if about == tess_with_app.pk] == ["sign_in_failed", "signed_in"]
    assert len(kinds) == 3
    assert "nobody" not in str(list(Event.objects.values()))
    assert "Tried in vain (password)" in client.get("/admin/your-sign-in/").content.decode()


# --- Secrets -------------------------------------------------------------------------------------------------
def lying(user: User) -> str:
    return str(list(Authenticator.objects.filter(user=user).values_list("data", flat=True)))


def test_seeds_lie_sealed(tess_with_app):
    enrolling.new_recovery_codes(tess_with_app)
    assert SEED not in lying(tess_with_app)
    seeds = [
        factor.data[name]
        for factor in Authenticator.objects.all()
        for name in ("secret", "seed")
        if name in factor.data
    ]
    assert len(seeds) == 2
    assert DataKey.objects.filter(life="second_factor").count() == 2


def test_a_seed_that_is_being_set_up_does_not_lie_in_the_session(tess):
    client = signed_in(tess)
    page = client.get("/admin/your-sign-in/app/")
    secret = page.context_data["secret"].replace(" ", "")
    assert len(secret) == 32
    assert secret not in str(dict(client.session))


def test_rotating_the_wrapping_key_loses_no_second_factor(tess, settings):
    settings.WRAPPING_KEYS = {1: b"o" * 32}
    app_of(with_password(tess))
    one, *_others = enrolling.new_recovery_codes(tess)
    settings.WRAPPING_KEYS = {2: b"n" * 32, 1: b"o" * 32}
    list(rotation.rotate())
    settings.WRAPPING_KEYS = {2: b"n" * 32}
    assert is_in(signs_in(tess))
    client = types_password(tess)
    client.post(SECOND, {"code": one})
    assert is_in(client)


def test_the_seed_of_a_factor_that_was_removed_is_forgotten(tess_with_app):
    held = Authenticator.objects.get(user=tess_with_app)
    key = DataKey.objects.get(life="second_factor")
    held.delete()
    end_lives()
    key.refresh_from_db()
    assert key.destroyed_at
    with pytest.raises(Unreadable):
        key.opened()


def test_a_factor_whose_key_is_destroyed_is_a_wrong_code_and_no_fault(tess_with_app):
    DataKey.objects.filter(life="second_factor").update(wrapped=None, destroyed_at=timezone.now())
    client = types_password(tess_with_app)
    assert client.post(SECOND, {"code": code()}).status_code == 200
    assert not is_in(client)


# --- Adding and removing -------------------------------------------------------------------------------------
def test_an_app_is_kept_once_its_code_was_typed_back_and_a_mail_tells(tess):
    client = signed_in(tess)
    secret = client.get("/admin/your-sign-in/app/").context_data["secret"].replace(" ", "")
    assert "does not fit" in client.post("/admin/your-sign-in/app/", {"code": "000000"}).content.decode()
    assert not Authenticator.objects.exists()
    page = client.post("/admin/your-sign-in/app/", {"code": code(seed=secret)})
    assert len(page.context_data["codes"]) == 10
    assert {one.type for one in Authenticator.objects.all()} == {TOTP, RECOVERY}
    assert Letter.objects.filter(kind="sign_in_changed").count() == 1


def test_the_last_way_in_stays(tess_with_app):
    client, app = signed_in(tess_with_app), Authenticator.objects.get()
    page = client.post(f"/admin/your-sign-in/remove/{app.pk}/", follow=True)
    assert "This way stays" in page.content.decode()
    Passkey("Tess").of(tess_with_app)
    client.post(f"/admin/your-sign-in/remove/{app.pk}/")
    assert [one.type for one in Authenticator.objects.all()] == [PASSKEY]


def test_nobody_removes_the_way_of_somebody_else(tess_with_app, abe):
    Passkey("Tess").of(tess_with_app)
    for factor in Authenticator.objects.all():
        signed_in(abe).post(f"/admin/your-sign-in/remove/{factor.pk}/")
    assert Authenticator.objects.count() == 2


def test_a_role_that_sees_documents_wants_a_passkey_from_the_next_page_on(tess_with_app):
    client = signs_in(tess_with_app)
    assert is_in(client)
    tess_with_app.groups.set([*person("Somebody", Role.VERIFIER).groups.all()])
    assert not is_in(client)
