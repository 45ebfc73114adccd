"""What a certification is worth on a day: one pure function that pages, mails, lists and register all ask.

Days are calendar days in Amsterdam; a period ends at the end of its last day.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from math import ceil
from typing import Final, Literal

from app.courses.rules import Policy
from app.kit.localtime import add_months

ONE_DAY: Final = timedelta(days=1)
NUMBER_PREFIX: Final = "SA"
CHECK_LETTERS: Final = "ABCDEFGHJKLMNPRSTUVWXYZ"  # 23 is prime, so each wrong or swapped digit shows
APOSTROPHES: Final = "'’"
BETWEEN_NAMES: Final = frozenset(
    {"de", "den", "der", "des", "van", "vd", "het", "'t", "ten", "ter", "te", "in", "op", "uit", "aan", "bij"}
    | {"von", "zu", "du", "la", "le", "da", "dos", "el", "al", "bin", "ben", "ibn"}
)
SUMMER: Final = 7  # from July on it is the autumn round


class State(StrEnum):
    """The words of domain.md 8.3. The last three have no way in yet."""

    NONE = "none"
    LAPSED = "lapsed"
    IN_GRACE = "in_grace"
    EXPIRING = "expiring"
    VALID = "valid"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    RELINQUISHED = "relinquished"

    @property
    def holds(self) -> bool:
        """The certificate is good today; a running group may be finished."""
        return self in {State.VALID, State.EXPIRING, State.IN_GRACE}

    @property
    def may_start_group(self) -> bool:
        """In grace a group is finished, not started."""
        return self in {State.VALID, State.EXPIRING}


STOPPING: Final = (State.REVOKED, State.RELINQUISHED, State.SUSPENDED)  # the gravest first


class RequirementCode(StrEnum):
    """What renewal asks."""

    INTERVISION = "intervision"


Who = Literal["professional", "provider"]


@dataclass(frozen=True)
class Requirement:
    """One thing that renewal asks: how much is there, how much is needed, by when, and whose turn it is."""

    code: RequirementCode
    have: int
    need: int
    by: date
    who: Who

    @property
    def met(self) -> bool:
        return self.have >= self.need


@dataclass(frozen=True)
class Period:
    """A stretch for which a certification was granted, with the policy of its first day."""

    starts_on: date
    ends_on: date
    policy: Policy
    imported_intervisions: int = 0


@dataclass(frozen=True)
class Attended:
    """A meeting somebody was at; only a full attendance counts."""

    day: date
    full: bool = True


@dataclass(frozen=True)
class Offered:
    """A meeting that was published for the intervention."""

    day: date
    cancelled: bool = False


@dataclass(frozen=True)
class Stop:
    """A seam: the certification was stopped by a decision, perhaps for a while."""

    state: State
    since: date
    until: date | None = None


@dataclass(frozen=True)
class Record:
    """Every fact that the standing of one certification follows from."""

    periods: tuple[Period, ...] = ()
    attended: tuple[Attended, ...] = ()
    offered: tuple[Offered, ...] = ()
    stops: tuple[Stop, ...] = ()


@dataclass(frozen=True)
class Standing:
    """The state on a day, since and until when, and what renewal asks of whom."""

    state: State
    since: date | None = None
    until: date | None = None
    grace_until: date | None = None
    requirements: tuple[Requirement, ...] = ()

    @property
    def missing(self) -> tuple[Requirement, ...]:
        return tuple(one for one in self.requirements if not one.met)


@dataclass(frozen=True)
class Span:
    """A stretch of days with one state; open at the end when nothing will change it."""

    state: State
    starts_on: date
    ends_on: date | None


def standing(record: Record, policy: Policy, on: date) -> Standing:
    """Where a certification stands on a day. `policy` is the one in force now; see `governing`."""
    state = state_on(record, policy, on)
    if state is State.NONE:
        return Standing(State.NONE)
    since = next(
        span.starts_on
        for span in reversed(timeline(record, policy))
        if span.starts_on <= on and (span.ends_on is None or on <= span.ends_on)
    )
    chain = _chain_at(record.periods, on) or _ended_before(record.periods, on)
    until = max(period.ends_on for period in chain)
    return Standing(
        state,
        since,
        until,
        max(_grace_end(period, policy) for period in chain),
        _requirements(record, policy, on),
    )


def timeline(record: Record, policy: Policy) -> tuple[Span, ...]:
    """Every state from the first period on, as spans without gaps. Before it there is none."""
    started = [period.starts_on for period in record.periods]
    if not started:
        return ()
    first = min(started)
    days = {day for day in _turning_days(record, policy) if day >= first}
    spans: list[Span] = []
    for day in sorted(days):
        state = state_on(record, policy, day)
        if spans and spans[-1].state is state:
            continue
        if spans:
            spans[-1] = Span(spans[-1].state, spans[-1].starts_on, day - ONE_DAY)
        spans.append(Span(state, day, None))
    return tuple(spans)


def state_on(record: Record, policy: Policy, on: date) -> State:
    """The state alone."""
    periods = record.periods
    if not any(period.starts_on <= on for period in periods):
        return State.NONE
    stopped = {stop.state for stop in record.stops if _covers(stop, on)}
    for state in STOPPING:
        if state in stopped:
            return state
    chain = _chain_at(periods, on)
    if chain:
        early = any((p.ends_on - on).days > governing(p.policy, policy).window_opens_days for p in chain)
        return State.VALID if early else State.EXPIRING
    late = _ended_before(periods, on)
    return State.IN_GRACE if any(on <= _grace_end(period, policy) for period in late) else State.LAPSED


def governing(own: Policy, current: Policy) -> Policy:
    """The policy that governs a period: the one of its first day, unless the new one is milder."""
    milder = (
        current.intervisions_min <= own.intervisions_min
        and current.grace_days >= own.grace_days
        and current.window_opens_days <= own.window_opens_days
    )
    return current if milder else own


def first_period(policy: Policy, on: date) -> tuple[date, date]:
    """First and last day of a first period that begins on `on`; 29 February ends on 28 February."""
    end = add_months(on, policy.certificate_validity_months)
    if policy.period_starts == "calendar":
        end = date(end.year, 12, 31)
    return on, end


def next_period(policy: Policy, previous_end: date, on: date) -> tuple[date, date]:
    """First and last day of the period that follows, decided on `on`.

    It joins on to the old end, also when it comes early or in grace, so that no day is lost or won; after the
    grace, and where the policy counts from completion, it begins on the day of the decision.
    """
    joins = policy.period_starts != "completion" and on <= previous_end + timedelta(days=policy.grace_days)
    start = previous_end + ONE_DAY if joins else max(on, previous_end + ONE_DAY)
    return first_period(policy, start)


def needed(policy: Policy, period: Period, offered: Iterable[Offered], on: date) -> int:
    """How many meetings the period asks: never more than it offered, counting one a round.

    While the period runs, the rounds that are still to come count: those published, or else those that the
    policy promises for the rest of it.
    """
    past, coming = _rounds(period, offered, on)
    return min(policy.intervisions_min, past + max(coming, _rounds_promised(policy, period, on)))


def certificate_number(year: int, serial: int) -> str:
    """The number that people read out, with a letter that shows a typing error: SA-2026-0418-K."""
    digits = f"{year:04d}{serial:04d}"
    return f"{NUMBER_PREFIX}-{year:04d}-{serial:04d}-{CHECK_LETTERS[int(digits) % len(CHECK_LETTERS)]}"


def initials(name: str) -> str:
    """The name as the public sees it when the holder prefers so: D. V., and A. de G. for Abdel de Groot.

    A word between names stays a word, as it is in Dutch; it is one only when a name stands on both sides.
    """
    words = [word for word in name.split() if word.lstrip(APOSTROPHES)[:1].isalpha()]
    between = range(1, len(words) - 1)
    return (
        " ".join(
            word if i in between and word.casefold().replace("’", "'") in BETWEEN_NAMES else _initial(word)
            for i, word in enumerate(words)
        )
        or "—"
    )


def _initial(word: str) -> str:
    return f"{word.lstrip(APOSTROPHES)[0].upper()}."


class EyesNeeded(StrEnum):
    """What the rule of four eyes says of one decision."""

    SEPARATE = "separate"
    REASON = "reason"
    SOMEBODY_ELSE = "somebody_else"


def eyes(policy: Policy, *, decides: int, signed_final: int | None, admins: int) -> EyesNeeded:
    """Whether this person may grant: apart from who signed, or alone with a reason, or not at all."""
    if signed_final is None or decides != signed_final:
        return EyesNeeded.SEPARATE
    if policy.four_eyes == "always" or (policy.four_eyes == "when_two_admins" and admins > 1):
        return EyesNeeded.SOMEBODY_ELSE
    return EyesNeeded.REASON


@dataclass(frozen=True)
class DecisionFacts:
    """What a decision about somebody's certificate rests on, as it is at that moment."""

    theory_complete: bool
    assignments: int
    signed_off: int
    visits_done: int
    signed_final: int | None


def unmet(facts: DecisionFacts, policy: Policy) -> tuple[str, ...]:
    """The conditions that are not met, by code; empty when a certificate may be granted."""
    found = []
    if not facts.theory_complete:
        found.append("theory_incomplete")
    if facts.assignments == 0 or facts.signed_off < facts.assignments:
        found.append("assignments_open")
    if facts.visits_done < policy.coach_visits_min:
        found.append("visits_missing")
    return tuple(found)


def _covers(stop: Stop, on: date) -> bool:
    return stop.since <= on and (stop.until is None or on <= stop.until)


def _grace_end(period: Period, policy: Policy) -> date:
    return period.ends_on + timedelta(days=governing(period.policy, policy).grace_days)


def _chain_at(periods: Sequence[Period], on: date) -> tuple[Period, ...]:
    """The periods that hold on a day together with those that join on to them; empty when none holds."""
    ends = max((p.ends_on for p in periods if p.starts_on <= on <= p.ends_on), default=None)
    if ends is None:
        return ()
    for period in sorted(periods, key=lambda p: p.starts_on):
        if on < period.starts_on <= ends + ONE_DAY:
            ends = max(ends, period.ends_on)
    return tuple(p for p in periods if p.ends_on >= on and p.starts_on <= ends)


def _ended_before(periods: Sequence[Period], on: date) -> tuple[Period, ...]:
    return tuple(period for period in periods if period.ends_on < on)


def _turning_days(record: Record, policy: Policy) -> Iterable[date]:
    for period in record.periods:
        yield period.starts_on
        yield period.ends_on - timedelta(days=governing(period.policy, policy).window_opens_days)
        yield period.ends_on + ONE_DAY
        yield _grace_end(period, policy) + ONE_DAY
    for stop in record.stops:
        yield stop.since
        if stop.until is not None:
            yield stop.until + ONE_DAY


def _requirements(record: Record, policy: Policy, on: date) -> tuple[Requirement, ...]:
    """What the period of this day asks; past its end the one that ended last."""
    periods = sorted(record.periods, key=lambda p: (p.starts_on, p.ends_on))
    begun = [index for index, period in enumerate(periods) if period.starts_on <= on]
    index = max(begun, key=lambda i: (periods[i].ends_on >= on, periods[i].starts_on, periods[i].ends_on))
    period = periods[index]
    rules = governing(period.policy, policy)
    have = _counted(periods, policy, record)[index]
    past, _ = _rounds(period, record.offered, on)
    need = needed(rules, period, record.offered, on)
    by = period.ends_on if on <= period.ends_on else _grace_end(period, policy)
    who: Who = "provider" if have >= past else "professional"
    return (Requirement(RequirementCode.INTERVISION, have, need, by, who),)


def _counted(periods: Sequence[Period], policy: Policy, record: Record) -> list[int]:
    """How many meetings count for each period, in order of start.

    Each counts once, for the period its day falls in; what is done in grace first repairs the old period.
    """
    left = sorted(one.day for one in record.attended if one.full)
    counts: list[int] = []
    for period in periods:
        rules = governing(period.policy, policy)
        inside = [day for day in left if period.starts_on <= day <= period.ends_on]
        have = period.imported_intervisions + len(inside)
        grace = _grace_end(period, policy)
        short = max(0, needed(rules, period, record.offered, grace) - have)
        repair = [day for day in left if period.ends_on < day <= grace][:short]
        for day in inside + repair:
            left.remove(day)
        counts.append(have + len(repair))
    return counts


def _rounds(period: Period, offered: Iterable[Offered], on: date) -> tuple[int, int]:
    """In how many half years the period offered a meeting until `on`, and in how many it will after.

    A round has several meetings and one can be attended; a cancelled meeting was not offered.
    """
    days = [one.day for one in offered if not one.cancelled and period.starts_on <= one.day <= period.ends_on]
    past = {(day.year, day.month >= SUMMER) for day in days if day <= on}
    return len(past), len({(day.year, day.month >= SUMMER) for day in days} - past)


def _rounds_promised(policy: Policy, period: Period, on: date) -> int:
    """How many rounds the policy promises for the rest of a running period."""
    left = (period.ends_on - max(on, period.starts_on)).days
    if left <= 0:
        return 0
    whole = (add_months(period.starts_on, policy.certificate_validity_months) - period.starts_on).days
    return ceil(left * policy.intervisions_offered / max(whole, 1))
