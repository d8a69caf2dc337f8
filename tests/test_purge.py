"""The purge proof: what a person gives is never anywhere in plain, and what was given as proof can be read by nobody
once the case is closed (policy §8), not even with a backup.

Told once on PostgreSQL, Redis, real worker and beat and SMTP, and once on SQLite as `make run` has it; and once on a
PostgreSQL of our own, whose every file is searched.
"""

import runpy
import secrets
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis
import time_machine
from django.conf import settings as configured
from django.core.management import call_command
from django.db import connection, connections
from django.db.models import QuerySet
from django.db.utils import ConnectionHandler
from django.utils import timezone
from kombu import pools

from primevox_privacy import celery
from primevox_privacy.health import checks
from primevox_privacy.outbox import letters, sending
from primevox_privacy.outbox.models import Letter
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import DataKey
from requests import sign_in
from requests.models import RightsRequest, SignIn
from tests import own_cluster
from tests.canaries import BEGINNING, NOT_TYPED, Sealed, below, found_in, names_of_fields, written
from tests.real_parts import Portal, Sink, until
from tests.stories import Stories
from verification import destruction
from verification.models import Check, Code

pytest_plugins = ["tests.real_parts"]

BEFORE_THE_UNDO_ENDED = timedelta(hours=25)  # a withdrawal can be taken back for 24 hours
PROOF = (Life.PROOF, Life.DOCUMENT)


def proof_due() -> QuerySet[Check]:
    """Checks whose proof has to go and is not certified yet."""
    return Check.objects.to_destroy(timezone.now())


class Place:
    """Where the stories are told, and everything that could hold a word of them."""

    def __init__(self, sink: Sink, caplog, folder: Path) -> None:
        self.sink, self.caplog, self.folder = sink, caplog, folder
        caplog.set_level("DEBUG")

    def tell(self) -> Stories:
        with time_machine.travel(datetime.now(UTC) - BEFORE_THE_UNDO_ENDED, tick=True):
            stories = Stories()
            stories.tell()
        return stories

    def send(self) -> None:
        """Every letter leaves, a code among them."""
        sign_in.ask_for_code(RightsRequest.objects.earliest("closed_at").reference)
        self.work()
        assert Code.objects.exists()
        assert len(self.sink.mails) == _tried() > 30
        assert not _to_mail().exists()
        assert Letter.objects.filter(by_post=True).exists(), "those on paper are searched, too"

    def work(self) -> None:
        raise NotImplementedError

    def destroy(self) -> None:
        raise NotImplementedError

    def back_up(self, where: Path) -> None:
        """The database as an operator keeps it, and the sealed files."""
        shutil.copytree(configured.SEALED_FILES_DIR, where / "sealed")

    @contextmanager
    def restored(self, where: Path) -> Iterator[None]:
        """The backup in the place of what is there now."""
        shutil.rmtree(configured.SEALED_FILES_DIR)
        shutil.copytree(where / "sealed", configured.SEALED_FILES_DIR)
        yield

    def everything(self) -> dict[str, bytes]:
        """All bytes that outlive a web request, by place."""
        return {
            "files, logs of the processes": below(self.folder),
            "mail": b"\n".join(_without_its_address(mail) for mail in self.sink.mails),
            "log": self.caplog.text.encode(),
        }


def _to_mail() -> QuerySet[Letter]:
    """Letters that wait for a mail server. Post waits for people; a code out of date is given up."""
    codes = Letter.objects.filter(kind__in=("code_of_old", "code_of_new"), given_up_at__isnull=False)
    return Letter.objects.filter(by_post=False, sent_at=None).exclude(pk__in=codes.values("pk"))


def _tried() -> int:
    return Letter.objects.exclude(attempts=0).count()


def _without_its_address(mail) -> bytes:
    """A mail as sent, and its parts decoded. The recipient's own address stands in the To header (and in the
    envelope, which the sink does not keep): a mail cannot do without it, so that one line is left out here."""
    parts = b"\n".join(part.get_payload(decode=True) or b"" for part in mail.walk())
    del mail["To"]
    return mail.as_bytes() + parts


class OnPostgres(Place):
    def __init__(self, portal: Portal, own_redis: redis.Redis, *given) -> None:
        super().__init__(*given)
        self.portal, self.redis = portal, own_redis

    def tell(self) -> Stories:
        stories = super().tell()
        assert b"send_owed" in _all_of(self.redis), "nothing rang, so Redis would be searched in vain"
        return stories

    def work(self) -> None:
        """No beat yet, so nothing is destroyed: the worker does what rings."""
        worker = self.portal.worker("sender")
        until(lambda: SignIn.objects.exclude(answered_at=None).exists(), what="the code")
        letters.wake()
        until(lambda: not _to_mail().exists(), what="all letters")
        until(lambda: len(self.sink.mails) >= _tried(), what="the code, which counts as sent once it is claimed")
        worker.stop()

    def destroy(self) -> None:
        self.portal.worker()
        self.portal.beat()
        until(lambda: not proof_due().exists(), what="all certificates")

    def back_up(self, where: Path) -> None:
        super().back_up(where)
        (where / "dump.sql").write_bytes(self.dump())

    @contextmanager
    def restored(self, where: Path) -> Iterator[None]:
        """Into a database beside the one of before."""
        before = self.portal.environ["DATABASE_URL"]
        server, _slash, name = before.rpartition("/")
        with super().restored(where), _database(server, f"{name}_restored") as url:
            loaded = ["psql", "-q", "-v", "ON_ERROR_STOP=1", "-f", str(where / "dump.sql"), url]
            subprocess.run(loaded, check=True, capture_output=True)
            with connected_to(url):
                yield

    def dump(self) -> bytes:
        return subprocess.run(["pg_dump", self.portal.environ["DATABASE_URL"]], capture_output=True, check=True).stdout

    def everything(self) -> dict[str, bytes]:
        dump = self.dump()
        assert b"requests_submission" in dump
        return super().everything() | {"dump": dump, "Redis": _all_of(self.redis)}


@contextmanager
def _database(server: str, name: str) -> Iterator[str]:
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connected:
        connected.execute(f"CREATE DATABASE {name}")
        try:
            yield f"{server}/{name}"
        finally:
            connected.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _all_of(database: Any) -> bytes:
    """All keys and values of a Redis database."""
    read: dict[bytes, Callable[[bytes], Iterable[bytes]]] = {
        b"none": lambda key: [],  # it was there when the keys were listed, and has ended since
        b"string": lambda key: [database.get(key) or b""],
        b"list": lambda key: database.lrange(key, 0, -1),
        b"set": database.smembers,
        b"zset": lambda key: database.zrange(key, 0, -1),
        b"hash": lambda key: [piece for pair in database.hgetall(key).items() for piece in pair],
    }
    return b"\n".join(b"\n".join([key, *read[database.type(key)](key)]) for key in database.scan_iter())


class WithoutWorkers(Place):
    """The sweeps are called, by this process."""

    def work(self) -> None:
        sign_in.answer_waiting()
        sending.send_owed()

    def destroy(self) -> None:
        assert destruction.destroy_owed() > 8
        assert not proof_due().exists()


class OnSqlite(WithoutWorkers):
    FILE = "portal.sqlite3"

    def back_up(self, where: Path) -> None:
        super().back_up(where)
        connection.close()
        shutil.copy(self.folder / self.FILE, where)

    @contextmanager
    def restored(self, where: Path) -> Iterator[None]:
        connection.close()
        for left in self.folder.glob(f"{self.FILE}*"):
            left.unlink()
        shutil.copy(where / self.FILE, self.folder)
        with super().restored(where):
            yield

    def everything(self) -> dict[str, bytes]:
        assert (self.folder / f"{self.FILE}-wal").exists(), "the log would be searched in vain"
        return super().everything()


class OnOwnCluster(WithoutWorkers):
    def __init__(self, cluster: own_cluster.Cluster, *given) -> None:
        super().__init__(*given)
        self.cluster = cluster

    def everything(self) -> dict[str, bytes]:
        return super().everything() | self.cluster.files()


@pytest.fixture
def on_postgres(request, monkeypatch, caplog, tmp_path) -> Iterator[Place]:
    portal, own_redis = request.getfixturevalue("portal"), request.getfixturevalue("own_redis")
    monkeypatch.setattr(configured, "EMBEDDED", False)
    monkeypatch.setattr(celery.app.conf, "broker_url", portal.environ["REDIS_URL"])
    monkeypatch.setattr(celery.app, "_pool", None)
    monkeypatch.setattr(celery.app.amqp, "_producer_pool", None)
    yield OnPostgres(portal, own_redis, request.getfixturevalue("sink"), caplog, tmp_path)
    pools.reset()


@contextmanager
def connected_to(url: str) -> Iterator[None]:
    """Another database, with the very options that the settings give it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", url)
        databases = runpy.run_path(str(configured.BASE_DIR / "primevox_privacy" / "settings.py"))["DATABASES"]
    before = connections["default"]
    connections["default"] = ConnectionHandler(databases)["default"]
    try:
        yield
    finally:
        connection.close()
        connections["default"] = before


@pytest.fixture(scope="module")
def migrated(tmp_path_factory, django_db_blocker) -> Path:
    """An empty database, made once."""
    file = tmp_path_factory.mktemp("migrated") / "portal.sqlite3"
    with django_db_blocker.unblock(), connected_to(f"sqlite:///{file}"):
        call_command("migrate", verbosity=0)
    return file


@pytest.fixture
def on_sqlite(request, migrated, settings, caplog, tmp_path, django_db_blocker) -> Iterator[Place]:
    """A database file of its own."""
    sink = request.getfixturevalue("sink")
    shutil.copy(migrated, tmp_path / OnSqlite.FILE)
    _mail_goes_to(sink, settings)
    with django_db_blocker.unblock(), connected_to(f"sqlite:///{tmp_path / OnSqlite.FILE}"):
        yield OnSqlite(sink, caplog, tmp_path)


def _mail_goes_to(sink: Sink, settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port


@pytest.fixture
def on_own_cluster(sink, settings, caplog, tmp_path, django_db_blocker) -> Iterator[OnOwnCluster]:
    """A PostgreSQL of its own. Not among the parameters of `place`: starting one takes its time."""
    _mail_goes_to(sink, settings)
    with own_cluster.started() as cluster, django_db_blocker.unblock(), connected_to(cluster.url):
        call_command("migrate", verbosity=0)
        yield OnOwnCluster(cluster, sink, caplog, tmp_path)


@pytest.fixture(
    params=[
        pytest.param(
            "on_postgres",
            marks=[
                pytest.mark.django_db(transaction=True),
                pytest.mark.postgres,
                pytest.mark.redis,
                pytest.mark.skipif(not shutil.which("pg_dump"), reason="missing: `apt install postgresql-client`"),
            ],
        ),
        "on_sqlite",
    ]
)
def place(request) -> Place:
    return request.getfixturevalue(request.param)


@pytest.mark.parametrize("form", range(len(list(written("00" * 16)))))
def test_the_search_finds_a_word_in_every_writing(form: int):
    word = "0123456789abcdef" * 2
    writing = list(written(word))[form]
    assert found_in({"here": b"\xff..." + writing + b"\x00"}, [word]) == {word[:BEGINNING]: "here"}


def test_no_word_of_a_person_is_ever_anywhere_in_plain(place: Place):
    words = place.tell().canaries.life
    assert found_in(place.everything(), words) == {}, "while the cases run"
    place.send()
    assert found_in(place.everything(), words) == {}, "after the mails left"
    place.destroy()
    assert found_in(place.everything(), words) == {}, "after destruction"


def test_without_destruction_the_keys_open_every_word_in_every_field(place: Place, tmp_path):
    """The control: this search can find, and no sealed field of the models is left out of it."""
    canaries = place.tell().canaries
    opened = Sealed(tmp_path / "copy").opened(set(canaries.life))
    assert set().union(*opened.values()) == set(canaries.life)
    assert names_of_fields() - set(opened) == set(NOT_TYPED), "a sealed field without a canary: plant one"


def test_after_destruction_no_key_that_exists_opens_what_was_given_as_proof(place: Place, tmp_path):
    canaries = place.tell().canaries
    left = canaries.alive(BEFORE_THE_UNDO_ENDED)
    ended = set(canaries.life) - left
    assert {canaries.life[word] for word in ended} == set(PROOF)
    keys = {key.pk: bytes(key.wrapped or b"") for key in DataKey.objects.filter(life__in=PROOF)}
    copied_before = Sealed(tmp_path / "copied_before")
    assert ended <= set().union(*copied_before.opened(set(canaries.life)).values())

    place.destroy()

    for sealed in (Sealed(tmp_path / "now"), copied_before):
        assert set().union(*sealed.opened(set(canaries.life)).values()) == left
    everything = place.everything()
    gone = [
        keys[pk] for pk in DataKey.objects.filter(pk__in=keys, destroyed_at__isnull=False).values_list("pk", flat=True)
    ]
    assert len(gone) > 16
    for wrapped in gone:
        assert not any(form in content for form in (wrapped, wrapped.hex().encode()) for content in everything.values())


@pytest.mark.skipif(not own_cluster.binaries(), reason=own_cluster.MISSING)
def test_the_files_of_postgres_and_its_log_hold_sealed_values_only(on_own_cluster: OnOwnCluster):
    """Before and after: PostgreSQL keeps old versions of rows, and its log everything that was ever written."""
    place, control = on_own_cluster, secrets.token_hex(16)
    words = place.tell().canaries.life
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE control (word text)")
        cursor.execute("INSERT INTO control VALUES (%s)", [control])
    files = place.cluster.files()
    for kind in ("/data/base/", "/data/pg_wal/", "/archive/"):
        there = {path: content for path, content in files.items() if kind in path}
        assert found_in(there, [control]), f"the control: what is written in plain is found in {kind}"
    assert found_in(files, words) == {}, "while the cases run"
    keys = [bytes(key.wrapped or b"") for key in DataKey.objects.filter(life__in=PROOF)]
    assert any(keys[0] in content for content in files.values()), "the keys lie there wrapped"
    place.send()
    place.destroy()
    assert found_in(place.everything(), words) == {}, "after mails left and proof was destroyed"


def test_a_backup_from_before_opens_nothing_of_it_once_the_purges_are_replayed(place: Place, tmp_path):
    canaries = place.tell().canaries
    left = canaries.alive(BEFORE_THE_UNDO_ENDED)
    backup = tmp_path / "backup"
    backup.mkdir()
    place.back_up(backup)
    place.destroy()
    with place.restored(backup):
        came_back = Sealed(tmp_path / "came_back")
        assert set().union(*came_back.opened(set(canaries.life)).values()) == set(canaries.life), "the control"
        assert _is_restored()
        call_command("replay_purges", stdout=StringIO())
        for sealed in (came_back, Sealed(tmp_path / "after_the_replay")):
            assert set().union(*sealed.opened(set(canaries.life)).values()) == left
        assert not _is_restored()


def _is_restored() -> bool:
    """What health says of it."""
    return checks.purges_are_replayed(timezone.now()).state is checks.State.RED
