"""The law that covers a residence on a day, read once from `law/regimes.yaml`.

What policy section 6 grants is granted everywhere; this module only says what a law adds to it.
A regime applies from its effective day on, and so does each of its rights.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from requests.terms import Right

LAW_FILE = Path(__file__).parent / "law" / "regimes.yaml"

# Our rights on the left, the law file's words on the right. One of them granted is enough.
LAW_WORDS: Mapping[Right, tuple[str, ...]] = MappingProxyType(
    {
        Right.KNOW: ("know",),
        Right.ACCESS: ("access",),
        Right.CORRECT: ("correct",),
        Right.DELETE: ("delete",),
        Right.RESTRICT: ("restrict",),
        Right.PORTABILITY: ("portability",),
        Right.WITHDRAW_CONSENT: ("withdraw_consent",),
        Right.OBJECT: ("object",),
        Right.OPT_OUT: ("opt_out_sale", "opt_out_targeted_ads", "opt_out_profiling"),
        Right.LIMIT_SENSITIVE: ("limit_sensitive",),
        Right.RETALIATION: ("non_retaliation",),
        Right.UNSURE: (),  # triage has not said yet which right it is
    }
)


SURENESS = ("unverified", "secondary", "verified")  # marks of the law file, the weakest first


def weakest(*marks: str) -> str:
    """How sure a date is that rests on several facts."""
    return min(marks, key=SURENESS.index)


@dataclass(frozen=True)
class Term:
    """A stretch of time that a law gives, and how it is counted."""

    amount: int
    unit: str
    counting: str
    citation: str
    confidence: str
    calendar: str | None = None
    at_once: bool = False  # the duty is due at once; the term is only the outer limit of the answer


@dataclass(frozen=True)
class Extension:
    """More time under a law: `total` from receipt in one step, or no number at all."""

    total: Term | None  # None: the law wants the notice to name the day
    notice_by: str
    must_state: tuple[str, ...]
    ground: str
    citation: str
    confidence: str


@dataclass(frozen=True)
class Appeal:
    """The second look at a refusal. `by_law` is False where only policy section 10 gives it."""

    by_law: bool
    file_within: int
    file_within_text: str
    respond_within: int
    extended_total: int | None
    citation: str
    confidence: str


@dataclass(frozen=True)
class Authority:
    """Whom a person can turn to when our answer does not satisfy."""

    name: str
    website: str
    how: str
    confidence: str


@dataclass(frozen=True)
class FeeRule:
    """What a law says about money, in the words of the law file."""

    free: str
    paid: str  # empty: it names no case in which something may be asked
    free_requests: int | None  # in `per_months`; None where the law counts none
    per_months: int | None
    confidence: str


@dataclass(frozen=True)
class Clock:
    """Whether the clock of a law waits for anything."""

    stops: str  # the law file's word for what may stop it
    moves_dates: bool  # whether the dates we show follow
    since: date | None  # on requests received from then on
    reflection_days: int | None  # it starts that long after a fee was told; None: on the day it is paid
    citation: str
    confidence: str

    def waits(self, on: date) -> bool:
        return self.moves_dates and (self.since is None or self.since <= on)

    @property
    def waits_for_answers(self) -> bool:
        return self.stops == "identity_fee_clarification"


@dataclass(frozen=True)
class GrantedRight:
    """One right as one law words it."""

    citation: str
    confidence: str
    begins_on: date | None
    ends_on: date | None
    stop_within: Term | None  # of a withdrawn consent

    def in_force(self, on: date) -> bool:
        begun = self.begins_on is None or self.begins_on <= on
        return begun and (self.ends_on is None or on <= self.ends_on)


@dataclass(frozen=True)
class Regime:
    """One law, or `none` where the policy stands alone."""

    id: str
    name: str
    short_name: str
    citation: str
    confidence: str
    jurisdictions: tuple[str, ...]
    effective_on: date | None
    ends_on: date | None  # the last day of a law that was repealed
    rights: Mapping[str, GrantedRight]
    response: Term | None
    answers: tuple[str, ...]  # the rights that `response` covers; ("all",) = every right granted
    opt_out: Term | None
    acknowledgement: Term | None
    acknowledged: tuple[str, ...]  # the rights, or "complaint", whose receipt has to be confirmed
    acknowledged_from: date | None
    extension: Extension | None
    appeal: Appeal
    authority: Authority
    fee: FeeRule
    clock: Clock
    together_with: str | None

    def in_force(self, on: date) -> bool:
        begun = self.effective_on is None or self.effective_on <= on
        return begun and (self.ends_on is None or on <= self.ends_on)

    def grants(self, right: Right, on: date) -> bool:
        """Whether this law itself gives the right on that day (the policy may all the same)."""
        return any(self._in_force(right, on))

    def granted(self, right: Right, on: date) -> GrantedRight | None:
        """The law's own words for a right in force; the first where several stand behind ours."""
        return next(self._in_force(right, on), None)

    def answer_covers(self, right: Right) -> bool:
        return self.answers == ("all",) or any(word in self.answers for word in LAW_WORDS[right])

    def acknowledges(self, what: str, on: date) -> Term | None:
        """By when receipt has to be confirmed, for the rights (or complaints) where the law wants that."""
        begun = self.acknowledged_from is None or self.acknowledged_from <= on
        row = self.rights.get(what)
        lapsed = row is not None and not row.in_force(on)
        return self.acknowledgement if begun and not lapsed and what in self.acknowledged else None

    def _in_force(self, right: Right, on: date) -> Iterator[GrantedRight]:
        rows = (self.rights.get(word) for word in LAW_WORDS[right])
        return (row for row in rows if row and row.in_force(on))


def regime_for(residence: str | None, on: date) -> Regime:
    """The most specific law in force for a residence that day; `none` when there is none."""
    return regimes_for(residence, on)[0]


def regimes_for(residence: str | None, on: date) -> tuple[Regime, ...]:
    """All laws at once, most specific first: two in Quebec, where the earlier date wins, else one."""
    for code in _most_specific_first(residence):
        regime = next((one for one in _by_residence().get(code, ()) if one.in_force(on)), None)
        if regime is None:
            continue
        others = [by_id(regime.together_with)] if regime.together_with else []
        beside = [other for other in others if other.in_force(on)]
        return (replace(regime, authority=_authority_of(regime, code)), *beside)
    return (by_id("none"),)


def authority_for(residence: str | None, on: date) -> Authority:
    """Whom to name in a refusal: the law's authority, else the Texas Attorney General."""
    return regime_for(residence, on).authority


def by_id(regime_id: str) -> Regime:
    """A regime by the id stored with a request. KeyError for an id the law file never had."""
    return _regimes()[regime_id]


def all_regimes() -> tuple[Regime, ...]:
    return tuple(_regimes().values())


def known_subdivisions(country: str) -> tuple[str, ...]:
    """The states and territories our form asks for: United States and Canada only."""
    return tuple(law()["subdivisions"].get(country, ()))


def zone_of(residence: str | None) -> str | None:
    """The time zone of a residence that has exactly one, else None: Chicago counts alone then."""
    zones: dict[str, str] = law()["zones"]
    codes = list(_most_specific_first(residence))
    if codes and codes[-1] in law()["subdivisions"]:
        codes = codes[:1]  # a state with two zones never borrows one from its country
    return next((zones[code] for code in codes if code in zones), None)


@lru_cache(maxsize=1)
def law() -> dict[str, Any]:
    """The law file as it stands. Callers read, never write."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    data: dict[str, Any] = yaml.load(LAW_FILE.read_bytes(), Loader=loader)  # noqa: S506 (a safe loader, the fast one)
    return data


def _most_specific_first(residence: str | None) -> Iterator[str]:
    """ "CA-QC" → "CA-QC", "CA"; "DE" → "DE"."""
    code = (residence or "").strip().upper()
    if code:
        yield code
        if "-" in code:
            yield code.partition("-")[0]


@lru_cache(maxsize=1)
def _regimes() -> dict[str, Regime]:
    return {entry["id"]: _regime(entry) for entry in law()["regimes"]}


@lru_cache(maxsize=1)
def _by_residence() -> dict[str, tuple[Regime, ...]]:
    """All laws of a residence, one after the other in time: one that was amended is a new entry."""
    found: dict[str, tuple[Regime, ...]] = {}
    for regime in all_regimes():
        found |= {code: (*found.get(code, ()), regime) for code in regime.jurisdictions}
    return found


def _authority_of(regime: Regime, code: str) -> Authority:
    """In the Union the authority is the one of the country."""
    listed = law()["eu_authorities"]
    country = code.partition("-")[0]
    own = listed["items"].get(listed["same_as"].get(country, country))
    if regime.id != "eu_gdpr" or own is None:
        return regime.authority
    return replace(regime.authority, name=own["name"], website=own["website"])


def _regime(entry: dict[str, Any]) -> Regime:
    cite, response, acknowledgement = entry["citation"], entry["response"], entry["acknowledgement"]
    answer = _term(response, cite) if response["applies_to"] else None
    return Regime(
        id=entry["id"],
        name=entry["name"],
        short_name=entry["short_name"],
        citation=cite,
        confidence=response["confidence"],
        jurisdictions=tuple(entry["jurisdictions"]),
        effective_on=_day(entry["effective"], "date"),
        ends_on=_day(entry["effective"], "until"),
        rights=MappingProxyType(dict(_rights(entry))),
        response=answer,
        answers=("all",) if response["applies_to"] == "all" else tuple(response["applies_to"]),
        opt_out=_opt_out(entry),
        acknowledgement=_term(acknowledgement, cite) if acknowledgement else None,
        acknowledged=tuple(acknowledgement["applies_to"]) if acknowledgement else (),
        acknowledged_from=_day(acknowledgement or {}, "from"),
        extension=_extension(entry),
        appeal=_appeal(entry),
        authority=_authority(entry["authority"]),
        fee=_fee(entry["fee"]),
        clock=_clock(entry["clock"], cite),
        together_with=entry.get("together_with"),
    )


def _term(block: dict[str, Any], citation: str, confidence: str = "") -> Term:
    return Term(
        amount=block["amount"],
        unit=block["unit"],
        counting=block["counting"],
        citation=block.get("cite", citation),
        confidence=block.get("confidence", confidence),
        calendar=block.get("holiday_calendar"),
        at_once=block.get("at_once", False),
    )


def _clock(block: dict[str, Any], citation: str) -> Clock:
    return Clock(
        stops=block["pause"],
        moves_dates=block["portal_pauses"],
        since=_day(block, "pauses_from"),
        reflection_days=block.get("reflection_days"),
        citation=block.get("cite", citation),
        confidence=block["confidence"],
    )


def _day(block: dict[str, Any], key: str) -> date | None:
    return date.fromisoformat(block[key]) if block.get(key) else None


def _rights(entry: dict[str, Any]) -> Iterator[tuple[str, GrantedRight]]:
    for word, row in entry["rights"]["items"].items():
        if not row["available"]:
            continue
        confidence = row.get("confidence", entry["rights"]["confidence"])
        citation = row["cite"] if entry["id"] == "none" else f"{entry['short_name']} {row['cite']}"
        stop = row.get("stop_within")
        yield (
            word,
            GrantedRight(
                citation=citation,
                confidence=confidence,
                begins_on=_day(row, "from"),
                ends_on=_day(row, "until"),
                stop_within=_term(stop, citation) if stop else None,
            ),
        )


def _opt_out(entry: dict[str, Any]) -> Term | None:
    """Its own term, or the answer's. No number in either (Japan, the policy alone): None."""
    own, response = entry["opt_out"], entry["response"]
    if not own["same_as_response"]:
        return _term(own, entry["citation"])
    if not response["applies_to"]:
        return None
    answer = _term(response, entry["citation"])
    return replace(answer, confidence=own["confidence"], at_once=own.get("at_once", False))


def _extension(entry: dict[str, Any]) -> Extension | None:
    block = entry["extension"]
    if not (block.get("total") or block.get("open")):
        return None
    total = block.get("total")
    return Extension(
        total=_term(total, block.get("cite", entry["citation"]), block["confidence"]) if total else None,
        notice_by=block["notice_by"],
        must_state=tuple(block.get("notice_must_state", ())),
        ground=block["ground"],
        citation=block.get("cite", entry["citation"]),
        confidence=block["confidence"],
    )


def _appeal(entry: dict[str, Any]) -> Appeal:
    """The law's own appeal; where it has none, the one policy section 10 promises."""
    by_law = entry["appeal"]["available"] and entry["id"] != "none"
    block = entry["appeal"] if by_law else _policy_appeal()
    cite = entry["rights"]["items"]["appeal"]["cite"] if by_law else "policy section 10"
    more = block.get("extension")
    return Appeal(
        by_law=by_law,
        file_within=block["file_within"]["amount"],
        file_within_text=block["file_within"]["text"],
        respond_within=block["respond_within"]["amount"],
        extended_total=block["respond_within"]["amount"] + more["amount"] if more else None,
        citation=f"{entry['short_name']} {cite}" if by_law else cite,
        confidence=block["respond_within"]["confidence"],
    )


def _policy_appeal() -> dict[str, Any]:
    block: dict[str, Any] = next(entry for entry in law()["regimes"] if entry["id"] == "none")["appeal"]
    return block


def _fee(block: dict[str, Any]) -> FeeRule:
    return FeeRule(
        free=block["free"],
        paid=block["paid"] or "",
        free_requests=block.get("free_requests"),
        per_months=block.get("per_months"),
        confidence=block["confidence"],
    )


def _authority(block: dict[str, Any]) -> Authority:
    return Authority(block["name"], block["website"] or "", block["how"], block["confidence"])


LAW_VERSION: str = law()["version"]
SUBDIVISION_NAMES: Mapping[str, str] = MappingProxyType(
    {code: name for names in law()["subdivisions"].values() for code, name in names.items()}
)
