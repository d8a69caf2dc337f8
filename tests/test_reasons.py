"""Why a date is what it is: kept as data beside the English sentence, and said in the reader's language."""

from datetime import date, datetime
from string import Formatter

import pytest
from django.utils import translation

from requests import clock, words
from requests.deadlines import schedule
from requests.models import DueDate
from requests.reasons import DAYS, SAY, because, in_words, say
from requests.terms import Right

D = date.fromisoformat


def gaps(sentence: str) -> set[str]:
    return {name for _text, name, _format, _kind in Formatter().parse(sentence) if name}


def test_a_reason_is_ready_for_json():
    assert because("promised", first=D("2026-03-16")) == {"key": "promised", "first": "2026-03-16"}


def test_a_reason_within_a_reason_is_said_too():
    nested = because("moved", why=because("month", start=D("2026-09-03"), law="EU GDPR"), unmoved=D("2026-10-03"))
    assert say(nested) == (
        "One month from Thursday 3 September 2026: EU GDPR, moved from Saturday 3 October 2026 "
        "because that is a day off"
    )


def test_one_day_is_not_said_as_days():
    june = datetime.fromisoformat("2026-06-01T12:00:00-05:00")
    dates = schedule(Right.ACCESS, "GB", june, stopped=((D("2026-06-08"), D("2026-06-08")),)).dates
    assert "with one day that does not count" in dates[1].why


def test_every_gap_that_is_a_day_is_known_as_one():
    assert {name for sentence in SAY.values() for name in gaps(sentence)} == DAYS | {
        "amount",
        "law",
        "why",
        "note",
        "days",
    }


def test_rosas_dates_are_kept_with_their_reasons(rosas_request):
    kept = {due.kind: due for due in DueDate.objects.filter(rights_request=rosas_request)}
    for due in clock.schedule_of(rosas_request).dates:
        assert kept[due.kind].reason == due.reason
        assert kept[due.kind].why == due.why == say(kept[due.kind].reason)
        assert words.why(due.reason, "") == due.why


def test_a_reason_is_said_in_the_language_in_use(monkeypatch):
    spanish = {SAY["target"]: "14 días desde el {start}: nuestra promesa, sección 9 de la política"}
    monkeypatch.setattr(words, "gettext", lambda english: spanish.get(english, english))
    reason = because("target", start=D("2026-03-02"))
    with translation.override("es"):
        said = words.why(reason, "")
    assert said.startswith("14 días desde el lunes 2 de marzo de 2026")
    assert in_words(D("2026-03-02")) not in said


@pytest.mark.parametrize("reason", [{}, {"key": "gone"}])
def test_a_reason_we_no_longer_know_is_read_as_it_was_written(reason):
    assert words.why(reason, "As it was written.") == "As it was written."
