"""Who asks for it is forgotten everywhere: markers in everything that she wrote, or that was written of her.

Invariant I-8: after erasure the whole database, the file store and what waits to be mailed hold none of them,
while counts stay. Before it, the copy that she may ask for holds all that is hers.
"""

from __future__ import annotations

import io
import sqlite3
import zipfile
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import pytest
from sqlalchemy import func, select

from app.conversation import actions as conversation
from app.delivery import actions as delivery
from app.delivery.inputs import Group
from app.intervision.actions import learning, replying
from app.intervision.inputs import LearningPointGiven, NoneFits
from app.intervision.room import keys
from app.intervision.room.rules import CaseText
from app.intervision.room.tables import IntervisionCase
from app.ledger import actions as ledger
from app.outbox.actions import post
from app.people.actions import accounts, own_data
from app.people.inputs import PersonDetails
from app.people.queries import own_export, viewer_for
from app.people.tables import Export
from app.practice import inputs
from app.practice.actions import assessing, noting, records, reflections, talking, visits
from app.practice.rules.forms import Observation
from app.practice.tables.proof import SignOff
from app.practice.tables.work import Preparation
from app.theory.inputs import WordsBack
from app.theory.tables import LessonCompletion, QuizAttempt, QuizDraft
from app.theory.words_back import read_answer
from app.worker.run import run_due
from migrations.models import metadata
from tests.authz.steps import fresh
from tests.authz.tries import TRIES
from tests.authz.world import World, make_world
from tests.checking import OWN_WORDS
from tests.page import make_test_parts

if TYPE_CHECKING:
    from pathlib import Path

    from app.kit.clock import MovableClock
    from app.kit.db import Database
    from app.main import Parts

HERS: Final = (
    "naam-merk",
    "mail-merk",
    "telefoon-merk",
    "doel-merk",
    "plan-merk",
    "vraag-merk",
    "zelf-merk",
    "terug-merk",
    "leer-merk",
    "stap-merk",
    "kan-merk",
    "casus-merk",
    "groep-merk",
    "bericht-merk",
    "concept-merk",
    "toets-merk",
    OWN_WORDS,
)
SEALED: Final = "kwestie-merk"
"""Her case, which only her table and her own copy can read."""
OF_HER: Final = (
    "bezoek-merk",
    "route-merk",
    "deur-merk",
    "notitie-merk",
    "nieuw-merk",
    "oordeel-merk",
    "afspraak-merk",
    "samen-merk",
    "brief-merk",
    "reden-merk",
    "score-merk",
    "antwoord-merk",
    "woorden-merk",
)
"""What others wrote about her or to her."""
OLD: Final = ("Noor de Wit", "noor@demo.example", "06 12 34 56 78")
"""What she was called before."""


@pytest.fixture
def marked(sqlite_database: Database, data_dir: Path, clock: MovableClock) -> tuple[Parts, World]:
    """The world, with a marker in every text that is about Noor."""
    parts = make_test_parts(sqlite_database, data_dir, clock)
    world = make_world(parts, clock)
    _what_she_wrote(parts, world, clock)
    _what_others_wrote(parts, world, clock)
    return parts, world


def _what_she_wrote(parts: Parts, world: World, clock: MovableClock) -> None:
    now, things = clock.now(), world.things
    key = keys.ready_key(parts.database, parts.storage, meeting_id=things["held_meeting"], now=now)
    text = CaseText(SEALED, "verhaal")
    with parts.database.writing() as db:
        details = PersonDetails(name="Noor naam-merk", email="mail-merk@demo.example", phone="telefoon-merk")
        fatma = fresh(db, world.people["fatma"], now)
        accounts.change_person(db, by=fatma, person_id=world.people["noor"], given=details, now=now)
        noor = viewer_for(db, world.people["noor"])
        standing = db.get_one(Preparation, things["own_record"]).version
        written = inputs.Preparation(
            goal="doel-merk", session_plan="plan-merk", learning_question="vraag-merk", version=standing
        )
        records.prepare(db, by=noor, record_id=things["own_record"], given=written, now=now)
        own = inputs.SelfView(note="zelf-merk")
        records.save_self_view(db, by=noor, record_id=things["own_record"], given=own, now=now)
        looked_back = inputs.Reflection(version=1, task="terug-merk")
        reflections.keep_reflection(db, by=noor, record_id=things["own_record"], given=looked_back, now=now)
        learned = LearningPointGiven(learned="leer-merk", next_step="stap-merk")
        case = db.get_one(IntervisionCase, things["case"])  # brought in before the meeting
        case.title, case.sealed = "casus-merk", keys.closed(key, case.signup_id, text)
        learning.write_learning_point(db, by=noor, signup_id=things["held_signup"], given=learned, now=now)
        none = NoneFits(possible=["monday-morning"], note="kan-merk")
        replying.none_fits(db, signup_id=things["signup"], given=none, actor_id=noor.id, now=now)
        talk = things["own_record"]
        conversation.say(db, by=noor, record_id=talk, body="bericht-merk", now=now)
        conversation.keep_draft(db, by=noor, record_id=talk, body="concept-merk", now=now)
        of_check = {"enrolment_id": things["enrolment"], "edition_id": things["edition"], "quiz_slug": "nog-een"}
        db.add(QuizDraft(**of_check, number=1, seed="1", asked=[], answers={"v1": "toets-merk"}, begun_at=now))
        group = Group.model_validate(TRIES["group.save"].form(world) | {"goal_group": "groep-merk"})
        delivery.save_group(db, by=noor, given=group, authorised=(), pinned=frozenset(), now=now)


def _what_others_wrote(parts: Parts, world: World, clock: MovableClock) -> None:
    now, things = clock.now(), world.things
    with parts.database.writing() as db:
        ruben = replace(fresh(db, world.people["ruben"], now))
        seen = Observation(scores={}, notes={"BW1": "oordeel-merk"}, checks={}, agreements=("afspraak-merk",))
        assessing.save_observation(
            db, by=ruben, record_id=things["record"], given=seen, version=things["version"], whole=False, now=now
        )
        conversation.say(db, by=ruben, record_id=things["record"], body="antwoord-merk", now=now)
        given = {"version": things["version"] + 1, "agreement_1": "afspraak-merk", "agreement_2": "samen-merk"}
        agreed = inputs.Agreement.model_validate(given)
        talking.agree(db, by=ruben, record_id=things["record"], given=agreed, now=now)
        way = inputs.TheWay(directions="route-merk", venue_contact="deur-merk")
        visits.note_the_way(db, by=ruben, record_id=things["own_record"], given=way, now=now)
        was = inputs.Note(text="notitie-merk", come_back_on=None)
        which = {"enrolment_id": things["enrolment"], "note_id": things["note"]}
        noting.change_note(db, by=ruben, **which, given=was, now=now)
        noting.change_note(db, by=ruben, **which, given=inputs.Note(text="nieuw-merk"), now=now)
        back = WordsBack(words="woorden-merk", version=1)
        about = {"enrolment_id": things["enrolment"], "answer_id": things["open_answer"]}
        read_answer(db, by=ruben, **about, given=back, now=now)
        visits.cancel_visit(db, by=ruben, record_id=things["own_record"], reason="bezoek-merk", now=now)
        post(
            db,
            "people.invitation",
            person_id=world.people["noor"],
            key="marked",
            now=now,
            send_at=now + timedelta(days=30),
            own_text="brief-merk",
        )
        refused, assessed = ("enrolment", things["enrolment"]), ("assignment_record", things["record"])
        ledger.record(db, "certification.refused", actor_id=ruben.id, subject=refused, now=now, reasons="reden-merk")
        ledger.record(db, "practice.assessed", actor_id=ruben.id, subject=assessed, now=now, scores="score-merk")


def dump(parts: Parts) -> str:
    """Every row of the database as text."""
    with closing(sqlite3.connect(parts.settings.data_dir / "academie.db")) as db:
        return "\n".join(db.iterdump())


def found_in(text: str, marks: tuple[str, ...]) -> list[str]:
    return [mark for mark in marks if mark in text]


def stored(parts: Parts) -> str:
    """Every file of the store, as text where it is text, opened where it is an archive."""
    return "\n".join(
        path.read_bytes().decode("latin-1")
        for path in (parts.settings.data_dir / "files").rglob("*")
        if path.is_file() and path.suffix != ".zip"
    )


def test_the_markers_are_there_and_her_copy_holds_them(marked: tuple[Parts, World], clock: MovableClock) -> None:
    parts, world = marked
    assert found_in(dump(parts), HERS + OF_HER) == list(HERS + OF_HER)
    with parts.database.writing() as db:
        noor = viewer_for(db, world.people["noor"])
        own_data.ask_export(db, by=noor, now=clock.now())
    run_due(parts.work)
    with parts.database.reading() as db:
        newest = db.scalars(select(func.max(Export.id))).one()
        key = own_export(db, noor, newest, now=clock.now())
    with zipfile.ZipFile(io.BytesIO(parts.storage.get(key))) as copy:
        text = copy.read("gegevens.json").decode()
        photos = [name for name in copy.namelist() if name.startswith("bestanden/foto-")]
    assert [mark for mark in (*HERS, SEALED) if mark not in text] == []
    assert found_in(dump(parts) + stored(parts), (SEALED,)) == []
    assert len(photos) == 2
    assert found_in(text, ("Joris", "Mina", "Tessa")) == []


def test_nothing_of_her_is_left(marked: tuple[Parts, World], clock: MovableClock) -> None:
    parts, world = marked
    before = counts(parts)
    files = set(parts.storage.keys("evidence"))
    with parts.database.writing() as db:
        own_data.ask_erasure(db, by=fresh(db, world.people["noor"], clock.now()), now=clock.now())
    run_due(parts.work)
    assert found_in(dump(parts), HERS + OF_HER + OLD) == []
    assert found_in(stored(parts), HERS + OF_HER + OLD) == []
    assert world.sessions["noor"] not in dump(parts)
    assert (
        len(files) - len(set(parts.storage.keys("evidence"))) == 7
    )  # three photos in two sizes and a PDF; Tessa's stay
    assert parts.storage.keys("exports") == []
    assert mailed_to(parts, *OLD, *HERS) == []
    assert counts(parts) == before


def mailed_to(parts: Parts, *names: str) -> list[str]:
    """The mails in the folder that went to somebody of one of these names; what others were told stays 90 days."""
    mails = [path.read_text() for path in (parts.settings.data_dir / "mail").glob("*.eml")]
    heads = [line for mail in mails for line in mail.splitlines() if line.startswith("To: ")]
    assert heads
    return [head for head in heads if any(name in head for name in names)]


def counts(parts: Parts) -> dict[str, int]:
    """What still counts when nobody remembers whose it was."""
    with parts.database.reading() as db:
        return {
            table.__tablename__: db.scalar(select(func.count()).select_from(table)) or 0
            for table in (LessonCompletion, QuizAttempt, SignOff)
        }


def test_marks_say_what_the_eraser_can_do() -> None:
    """A secret is never kept; what is emptied by null may be null."""
    wrong = []
    for table in metadata.sorted_tables:
        for column in table.columns:
            mark = column.info
            if mark.get("on_erase") == "null" and not column.nullable and column.type.python_type is not str:
                wrong.append(f"{column} cannot be null")
            if mark.get("pii") in {"special", "free text", "contact"} and mark["on_erase"] == "keep":
                wrong.append(f"{column} is {mark['pii']} and kept")
    assert wrong == []
