"""What somebody does while she reads a lesson: stop, write, answer, look and listen, save a passage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from app.courses.changes import blocks_alike
from app.courses.queries import enrolment_of, passages_of
from app.courses.rules import EnrolmentFacts
from app.courses.tables import CourseEdition, Lesson
from app.kit.db import fetch
from app.kit.errors import NotFound, Refused
from app.ledger.actions import record
from app.people.rules import Viewer
from app.theory import inputs
from app.theory.actions import open_lesson, own_enrolment
from app.theory.filling import read_answers
from app.theory.questions import Question
from app.theory.reading import in_pairs, joined, played_enough
from app.theory.tables import LessonNote, LessonWork, ReadingPlace

NOTES_MOST: Final = 500  # in one training; who reaches it has a book of her own
PLACE_GIVEN: Final = ("enrolment_id", "lesson_slug", "anchor", "seen_at")


def _keep_place(insert: Any) -> Any:
    """One statement that moves the place forward in time only: what was sent late changes nothing."""
    made = insert(ReadingPlace).values({name: bindparam(name) for name in PLACE_GIVEN})
    return made.on_conflict_do_update(
        index_elements=["enrolment_id", "lesson_slug"],
        set_={"anchor": made.excluded.anchor, "seen_at": made.excluded.seen_at},
        where=ReadingPlace.seen_at < made.excluded.seen_at,
    )


_KEEP_PLACE: Final = {"sqlite": _keep_place(sqlite_insert), "postgresql": _keep_place(postgres_insert)}
_BLOCKS: Final = select(Lesson.blocks).where(
    Lesson.edition_id == bindparam("edition"), Lesson.slug == bindparam("lesson")
)
_course = select(CourseEdition.course_id).where(CourseEdition.id == bindparam("edition")).scalar_subquery()
_BLOCKS_OF_ALL: Final = (
    select(Lesson.blocks)
    .join(CourseEdition, CourseEdition.id == Lesson.edition_id)
    .where(CourseEdition.course_id == _course, Lesson.slug == bindparam("lesson"))
)


@dataclass(frozen=True)
class Spot:
    """A lesson of the course that somebody follows, and perhaps one of its blocks."""

    course_slug: str
    lesson_slug: str
    block_id: str = ""


@dataclass(frozen=True)
class Written:
    """What became of words: their version, when they were kept, and whether her coach reads along.

    `withdrawn`: with these words that ended, since nothing is left of them. `gone`: the question does not stand in her
    edition any more; the words stand with her notes.
    """

    version: int
    saved_at: datetime
    shared: bool
    withdrawn: bool
    gone: bool


def keep_place(db: Session, *, by: Viewer, at: Spot, given: inputs.Place, now: datetime) -> None:
    """Remember which paragraph stood before her, `given.ago` seconds before now.

    Her training is not locked for this: it comes often. Raises: NotFound; Refused("module_locked").
    """
    enrolment = enrolment_of(db, by.id, at.course_slug)
    if enrolment is None or open_lesson(db, enrolment, at.lesson_slug, now=now) is None:
        raise NotFound
    db.execute(
        _KEEP_PLACE[db.get_bind().dialect.name],
        {
            "enrolment_id": enrolment.id,
            "lesson_slug": at.lesson_slug,
            "anchor": given.anchor,
            "seen_at": now - timedelta(seconds=given.ago),
        },
    )


def keep_words(db: Session, *, by: Viewer, at: Spot, given: inputs.Words, now: datetime) -> Written:
    """Keep what she writes at a reflection question, also when her edition dropped it while she wrote.

    What stands already word for word is no quarrel: its answer may have been lost on the way. Who empties it does not
    share it any more: what she writes there later is hers alone again.
    Raises: NotFound; Refused("module_locked"); Refused("stale_words") when another window saved in the meantime, or
    ("stale_gone") when there is no place left to compare.
    """
    enrolment = own_enrolment(db, by, at.course_slug, now=now)
    open_lesson(db, enrolment, at.lesson_slug, now=now)
    gone = _block(db, enrolment, at, "reflection") is None
    work, withdrawn = _work(db, enrolment, at), False
    if work is None or work.words != given.words:
        if (work.version if work else 0) != (given.version or 0):
            raise Refused("stale_gone" if gone else "stale_words")
        if work is None:
            work = _begun(db, enrolment, at, "reflection", now=now)
        _did(work, enrolment, "reflection", _so_far(db, work, enrolment), now=now)
        work.words, withdrawn = given.words, bool(work.shared_at) and not given.words
        if withdrawn:
            _share(db, work, by, shared=False, now=now)
        if given.words and work.done_at is None:
            work.done_at = now
        db.flush()
    return Written(work.version, work.saved_at, work.shared_at is not None, withdrawn, gone)


def share_words(db: Session, *, by: Viewer, at: Spot, given: inputs.Sharing, now: datetime) -> None:
    """Let her coach read what she wrote, or no longer. What stands in the box is kept first: that is what is shared.

    Raises: NotFound; Refused("nothing_to_share"), or as `keep_words`.
    """
    if given.shared and given.words:
        words = inputs.Words(words=given.words, version=given.version)
        keep_words(db, by=by, at=at, given=words, now=now)
    enrolment = own_enrolment(db, by, at.course_slug, now=now)
    work = _work(db, enrolment, at)
    if work is None or (given.shared and given.words == ""):
        raise Refused("nothing_to_share")
    if bool(work.shared_at) == given.shared:
        return
    if given.shared and not work.words:
        raise Refused("nothing_to_share")
    _share(db, work, by, shared=given.shared, now=now)


def _share(db: Session, work: LessonWork, by: Viewer, *, shared: bool, now: datetime) -> None:
    work.shared_at, work.read_at = now if shared else None, None
    record(
        db,
        "theory.reflection_shared" if shared else "theory.reflection_withdrawn",
        actor_id=by.id,
        subject=("enrolment", work.enrolment_id),
        now=now,
        lesson=work.lesson_slug,
        block=work.block_id,
    )


def answer_question(
    db: Session, *, by: Viewer, at: Spot, raw: Sequence[str], now: datetime
) -> tuple[dict[str, list[int]], list[tuple[str, str]]]:
    """Answer a question in the text, as often as she likes; it is done once an answer was right.

    Gives what was chosen, and what is wrong with the form as (field, code).
    Raises: NotFound; Refused("module_locked" | "block_gone" | "lesson_gone").
    """
    enrolment, block = _open_block(db, by, at, "question", now=now)
    question = Question.from_facts({**block["question"], "id": at.block_id})
    given, problems = read_answers([question], {at.block_id: raw})
    answers = {id_: [int(one) for one in chosen] for id_, chosen in given.items()}
    if problems:
        return answers, problems
    work = _work(db, enrolment, at) or _begun(db, enrolment, at, "question", now=now)
    chosen = answers[at.block_id]
    tries = int(_so_far(db, work, enrolment).get("tries", 0)) + 1
    _did(work, enrolment, block["kind"], {"chosen": chosen, "tries": tries}, now=now)
    if work.done_at is None and question.is_right(chosen):
        work.done_at = now
    return answers, problems


def note_played(db: Session, *, by: Viewer, at: Spot, given: inputs.Watched, now: datetime) -> bool:
    """Add what was played of a film or sound to what was played before; gives whether it counts as done.

    It is as long as the player says now: what it guessed before it knew the file does not keep anybody from the end.
    Raises: NotFound; Refused("module_locked" | "block_gone" | "lesson_gone").
    """
    enrolment, block = _open_block(db, by, at, "video", "audio", now=now)
    work = _work(db, enrolment, at) or _begun(db, enrolment, at, block["kind"], now=now)
    before = [(start, end) for start, end in _so_far(db, work, enrolment).get("parts", ())]
    parts = joined([*before, *in_pairs(given.parts)], length=given.length)
    facts = {"parts": [list(part) for part in parts], "at": given.at, "length": given.length}
    _did(work, enrolment, block["kind"], facts, now=now)
    if work.done_at is None and played_enough(parts, length=given.length):
        work.done_at = now
    return work.done_at is not None


def save_note(db: Session, *, by: Viewer, at: Spot, given: inputs.Note, now: datetime) -> int:
    """Save a passage with or without a note, or a note on the lesson; gives its id.

    The same passage again adds nothing. Words about a lesson that her edition dropped in the meantime are kept.
    Raises: NotFound; Refused("module_locked" | "lesson_gone" | "note_empty" | "passage_gone" | "notes_full").
    """
    enrolment = own_enrolment(db, by, at.course_slug, now=now)
    gone = open_lesson(db, enrolment, at.lesson_slug, now=now) is None
    anchor, quote = "" if gone else given.anchor, ""
    if anchor:
        quote = passages_of(db, enrolment.edition_id, at.lesson_slug).get(anchor, "")
        if not quote:
            raise Refused("passage_gone")
    elif not given.words:
        raise Refused("lesson_gone" if gone else "note_empty", "words")
    own = db.scalars(select(LessonNote).where(LessonNote.enrolment_id == enrolment.id)).all()
    for one in own:
        if (one.lesson_slug, one.anchor, one.words) == (at.lesson_slug, anchor, given.words):
            return one.id
    if len(own) >= NOTES_MOST:
        raise Refused("notes_full")
    note = LessonNote(
        enrolment_id=enrolment.id,
        edition_id=enrolment.edition_id,
        lesson_slug=at.lesson_slug,
        anchor=anchor,
        quote=quote[: inputs.QUOTE_MOST],
        made_at=now,
        words=given.words,
    )
    db.add(note)
    db.flush()
    return note.id


def change_note(
    db: Session, *, by: Viewer, course_slug: str, note_id: int, given: inputs.NoteWords, now: datetime
) -> None:
    """Write something else with a note. Raises: NotFound; Refused("stale_words" | "note_empty")."""
    note = _own_note(db, by, course_slug, note_id, now=now)
    if note.words == given.words:
        return
    if note.version != (given.version or 0):
        raise Refused("stale_words")
    if not given.words and not note.anchor:
        raise Refused("note_empty", "words")
    note.words = given.words


def remove_note(db: Session, *, by: Viewer, course_slug: str, note_id: int, now: datetime) -> None:
    """Take a note or a saved passage away. Raises: NotFound."""
    note = _own_note(db, by, course_slug, note_id, now=now)
    db.execute(delete(LessonNote).where(LessonNote.id == note.id))


def _own_note(db: Session, by: Viewer, course_slug: str, note_id: int, *, now: datetime) -> LessonNote:
    enrolment = own_enrolment(db, by, course_slug, now=now)
    note = db.scalar(select(LessonNote).where(LessonNote.id == note_id, LessonNote.enrolment_id == enrolment.id))
    if note is None:
        raise NotFound
    return note


def _open_block(db: Session, by: Viewer, at: Spot, *kinds: str, now: datetime) -> tuple[EnrolmentFacts, dict[str, Any]]:
    """A block that can be done, with the training of who does it. Raises: NotFound; Refused."""
    enrolment = own_enrolment(db, by, at.course_slug, now=now)
    opened = open_lesson(db, enrolment, at.lesson_slug, now=now)
    block = _block(db, enrolment, at, *kinds)
    if block is None:
        raise Refused("block_gone" if opened else "lesson_gone")
    return enrolment, block


def _block(db: Session, enrolment: EnrolmentFacts, at: Spot, *kinds: str) -> dict[str, Any] | None:
    """A block of the lesson as her edition has it; None when only another one has it. Raises: NotFound."""
    for statement in (_BLOCKS, _BLOCKS_OF_ALL):
        for row in fetch(db, statement, edition=enrolment.edition_id, lesson=at.lesson_slug).all():
            for block in row.blocks:
                if block["id"] == at.block_id and block["kind"] in kinds:
                    found: dict[str, Any] = block
                    return found if statement is _BLOCKS else None
    raise NotFound


def _work(db: Session, enrolment: EnrolmentFacts, at: Spot) -> LessonWork | None:
    return db.scalar(
        select(LessonWork).where(
            LessonWork.enrolment_id == enrolment.id,
            LessonWork.lesson_slug == at.lesson_slug,
            LessonWork.block_id == at.block_id,
        )
    )


def _so_far(db: Session, work: LessonWork, enrolment: EnrolmentFacts) -> dict[str, Any]:
    """What she did with a block as it is now; with what stood there in another edition she has to begin anew."""
    editions = work.edition_id, enrolment.edition_id
    if editions[0] == editions[1] or work.block_id in blocks_alike(db, work.lesson_slug, *editions):
        return work.facts
    return {}


def _did(work: LessonWork, enrolment: EnrolmentFacts, kind: str, facts: dict[str, Any], *, now: datetime) -> None:
    work.kind, work.facts, work.edition_id, work.saved_at = kind, facts, enrolment.edition_id, now


def _begun(db: Session, enrolment: EnrolmentFacts, at: Spot, kind: str, *, now: datetime) -> LessonWork:
    work = LessonWork(
        enrolment_id=enrolment.id,
        edition_id=enrolment.edition_id,
        lesson_slug=at.lesson_slug,
        block_id=at.block_id,
        kind=kind,
        saved_at=now,
    )
    db.add(work)
    return work
