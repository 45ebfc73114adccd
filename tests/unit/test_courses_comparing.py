"""What differs between two editions, and what a move makes of what somebody did."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from hypothesis import given
from hypothesis import strategies as st

from app.courses.comparing import Change, CheckText, Differences, EditionText, LessonText, compare
from app.courses.handbook_parts import SessionText
from app.courses.rules import Outline, OutlineLesson, OutlineModule, OutlineQuiz
from app.theory.moving import Did, Effect, effect, to_read_again

THEN: Final = datetime(2026, 11, 23, 9, tzinfo=UTC)
SCRIPT: Final[dict[str, Any]] = {
    "goal": "Iedereen maakt iets.",
    "materials": ["Papier"],
    "steps": [{"minutes": 5, "title": "Welkom", "text": "Begroet ieder."}],
    "working_forms": [{"title": "Eén vorm", "text": "Scheur.", "minutes": 10, "core_element": None}],
    "otherwise": [{"when": "Iemand wil niet", "then": "Laat kijken."}],
}
SHOWN: Final = "::: beeld vel.webp\nalt: Een vel papier\n:::"


def lesson(slug: str, **changes: Any) -> LessonText:
    text = LessonText(slug, slug.title(), "m", 5, required=True, intro="In het kort.", source="De tekst.")
    return replace(text, **changes)


def edition(*lessons: LessonText, checks: tuple[CheckText, ...] = (), html: str = "") -> EditionText:
    return EditionText(lessons, checks, (SessionText("een", 1, "De eerste keer", SCRIPT, html),))


def outline(*slugs: str, quiz: str = "") -> Outline:
    lessons = tuple(OutlineLesson(slug, slug.title(), 5, required=True) for slug in slugs)
    check = OutlineQuiz(quiz, "Toets", 3, 2) if quiz else None
    module = OutlineModule("m", "M", "", None, True, True, None, lessons, check)
    return Outline("kort", "Kort", "", "", (module,), "1", "", "", ())


def test_each_lesson_is_the_same_changed_new_or_gone() -> None:
    old = edition(
        lesson("a"),
        lesson("b"),
        lesson("c"),
        lesson("d"),
        lesson("e"),
        lesson("f", source=f"De tekst.\n\n{SHOWN}", pictures=("digest",)),
        lesson("weg"),
    )
    new = edition(
        lesson("nieuw"),
        lesson("a"),
        lesson("b", source="Andere tekst."),
        lesson("c", title="Andere titel", minutes=9),
        lesson("d", picture=("digest", "Een raam", ""), required=False),
        lesson("e", source=f"De tekst.\n\n{SHOWN}", pictures=("digest",)),
        lesson("f", source=f"{SHOWN}\n\nDe tekst.", pictures=("digest",)),
    )
    found = {one.slug: (one.change, one.parts, one.to_read_again) for one in compare(old, new).lessons}
    assert list(found) == ["nieuw", "a", "b", "c", "d", "e", "f", "weg"]
    assert found == {
        "nieuw": (Change.NEW, (), False),
        "a": (Change.SAME, (), False),
        "b": (Change.CHANGED, ("text",), True),
        "c": (Change.CHANGED, ("title", "minutes"), False),
        "d": (Change.CHANGED, ("picture", "required"), False),  # reads differently, but who is in a hurry may skip it
        "e": (Change.CHANGED, ("pictures",), True),
        "f": (Change.CHANGED, ("text",), True),  # the picture stands elsewhere
        "weg": (Change.GONE, (), False),
    }


def test_checks_and_scripts_are_compared_by_what_is_asked_and_read() -> None:
    check = CheckText("t", "Toets", "", ({"id": "k1", "text": "Wat zeg je?"},))
    old = edition(checks=(check,), html='<p id="p-1">Zet de stoelen klaar.</p>')
    wrapped = edition(checks=(check,), html='<p id="p-9" class="x">Zet de  stoelen klaar.</p>')
    assert not compare(old, wrapped).any
    other = replace(check, questions=({"id": "k1", "text": "Wat doe je?"},))
    asked = edition(checks=(other,), html="<p>Iets nieuws.</p>")
    found = compare(old, asked)
    assert [one.change for one in found.checks] == [Change.CHANGED]
    assert [(one.change, one.parts) for one in found.sessions] == [(Change.CHANGED, ("paragraphs",))]


@given(st.lists(st.sampled_from("abcdef"), unique=True), st.lists(st.sampled_from("abcdef"), unique=True))
def test_comparing_loses_nothing(old: list[str], new: list[str]) -> None:
    before, after = edition(*map(lesson, old)), edition(*map(lesson, new))
    found = compare(before, after)
    assert sorted(one.slug for one in found.lessons) == sorted({*old, *new})
    assert not compare(after, after).any
    assert {one.slug for one in found.lessons if one.change is Change.NEW} == set(new) - set(old)
    assert {one.slug for one in found.lessons if one.change is Change.GONE} == set(old) - set(new)


def _changes() -> Differences:
    return compare(
        edition(lesson("a"), lesson("b"), lesson("weg")),
        edition(lesson("a"), lesson("b", source="Anders."), lesson("nieuw")),
    )


def _effect(done: tuple[str, ...], *, chosen: tuple[str, ...] = ("b",), due: tuple[str, ...] = ()) -> Effect:
    return effect(
        outline("a", "b", "weg", quiz="t"),
        outline("a", "b", "nieuw", quiz="t"),
        _changes(),
        did(*done, quizzes=("t",), due=due),
        chosen=chosen,
        today=THEN.date(),
    )


def did(*lessons: str, quizzes: tuple[str, ...] = (), due: tuple[str, ...] = ()) -> Did:
    moments = dict.fromkeys(lessons, THEN), dict.fromkeys(quizzes, THEN)
    return Did(*moments, due, practice_began=True, starts_on=THEN.date())


def test_a_move_keeps_opens_again_and_adds() -> None:
    found = _effect(("a", "b", "weg"))
    assert (found.kept, [one.slug for one in found.again], [one.slug for one in found.fresh]) == (1, ["b"], ["nieuw"])
    assert (found.checks, found.new_checks, found.reopens) == (1, (), True)
    # Not chosen, or not read before: nothing is opened again.
    assert _effect(("a", "b", "weg"), chosen=()).again == ()
    assert _effect(("a",)).again == ()
    # Theory that was not complete does not open again.
    assert not _effect(("a", "b")).reopens


def test_a_move_says_what_closes_and_what_became_required() -> None:
    """The second lesson of the module about safety was optional: she left it out, went on, and began with practice."""

    def course(*, required: bool) -> Outline:
        lessons = OutlineLesson("a", "A", 5, required=True), OutlineLesson("b", "B", 5, required=required)
        safety = OutlineModule("m", "Veilig", "", None, True, True, None, lessons, None)
        further = (OutlineLesson("c", "C", 5, required=True), OutlineLesson("d", "D", 5, required=True))
        after = OutlineModule("n", "Verder", "", None, True, False, None, further, None, ("m",))
        return Outline("kort", "Kort", "", "", (safety, after), "1", "", "", ())

    others = lesson("a"), lesson("c"), lesson("d")
    changes = compare(edition(*others, lesson("b", required=False)), edition(*others, lesson("b")))
    old, new, today = course(required=False), course(required=True), THEN.date()
    found = effect(old, new, changes, did("a"), chosen=(), today=today)
    assert [one.slug for one in found.fresh] == ["b"]
    assert (found.locks, found.practice_stays, found.practice_waits) == (("Verder",), True, True)
    for known, locks in (("b", ()), ("c", ())):  # she did it all the same, or is past the lock already
        found = effect(old, new, changes, did("a", known), chosen=(), today=today)
        assert found.locks == locks
    busy = replace(did("a"), begun={"c"})
    assert effect(old, new, changes, busy, chosen=(), today=today).locks == (), "she is halfway a lesson there"
    assert effect(old, new, changes, did(), chosen=(), today=today).locks == ()


def test_what_was_still_to_read_goes_along_and_what_did_not_change_is_not_opened() -> None:
    changes = _changes()
    assert to_read_again(changes, lessons={"b"}, due={"a", "weg"}, chosen=()) == {"a"}
    assert to_read_again(changes, lessons={"a", "b"}, due=(), chosen={"a", "b", "x"}) == {"b"}
