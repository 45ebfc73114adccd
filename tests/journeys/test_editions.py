"""A lesson and a script change: who learns moves, a trainer reads one lesson, and the script is used on the day."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from playwright.sync_api import expect
from sqlalchemy import select

from app.certification.actions import take_over
from app.kit.localtime import local_day
from app.theory.tables import ChangedLesson, UpdateTask
from tests.editing import HANDBOOK, OTHER_SCRIPT, OTHER_WORDS, publish_edited
from tests.journeys.conftest import Live, accessible
from tests.journeys.test_observing import sign_in
from tests.practising import VISIT_AT, make_group
from tests.trained import Training, finish_theory, in_training

if TYPE_CHECKING:
    from playwright.sync_api import Page


def test_a_second_edition_reaches_who_learns_and_who_is_a_trainer(live: Live) -> None:
    training = changed_course(live)
    with live.parts.database.reading() as db:
        lesson_only = db.scalars(select(UpdateTask.id)).all()
    assert lesson_only == []
    admin = live.person(phone=False)
    sign_in(live, admin, training.cast.fatma.id)
    move_noor(admin)
    ask_trainers(admin)
    with live.parts.database.reading() as db:
        assert db.scalars(select(ChangedLesson.lesson_slug)).all() == ["een-afspraak"]
    assert (
        "Dit staat klaar:\n- Een afspraak (les van 3 minuten)" in live.mail_to("joris@demo.example", "iets nieuws").text
    )

    joris = live.person()
    sign_in(live, joris, training.cast.joris.id)
    joris.goto("/traject")
    accessible(joris)
    joris.get_by_role("link", name="Begin met lezen").click()
    expect(joris.get_by_role("heading", name="Een afspraak", level=1)).to_be_visible()
    expect(joris.locator(".mark")).to_have_count(1)
    expect(joris.locator("p.is-new")).to_contain_text("Eén zin aan het begin")
    accessible(joris)
    joris.get_by_role("button", name="Gelezen, klaar").click()
    expect(joris.get_by_role("heading", name="Je bent bij")).to_be_visible()
    accessible(joris)
    admin.reload()
    expect(admin.get_by_text("1 van 1 trainer heeft alles gelezen.")).to_be_visible()

    on_the_day(live, training)


def changed_course(live: Live) -> Training:
    """Noor read everything and has a group; Joris is a trainer; then a lesson and the script change."""
    now = live.clock.now()
    with live.parts.database.writing() as db:
        training = in_training(db, live.parts.storage, now=now)
        finish_theory(db, training, now=now)
        make_group(db, training.cast.noor, now=now)
        take_over(
            db,
            by_id=training.cast.fatma.id,
            person_id=training.cast.joris.id,
            intervention_id=training.intervention_id,
            since=local_day(now) - timedelta(days=300),
            intervisions=0,
            now=now,
        )
        edits = OTHER_WORDS | OTHER_SCRIPT | {HANDBOOK: ('version: "1"', 'version: "2"')}
        publish_edited(db, live.parts.storage, edits, now=now)
    return training


def move_noor(admin: Page) -> None:
    """The preview says what happens to her; only after that it does."""
    admin.goto("/beheer")
    admin.get_by_role("link", name="Kies wie verdergaat").click()
    accessible(admin)
    admin.get_by_label("De hele groep: 1 persoon").check()
    admin.get_by_role("button", name="Bekijk wat er gebeurt").click()
    expect(admin.get_by_text("Opnieuw lezen: Een afspraak.")).to_be_visible()
    expect(admin.get_by_text("Theorie gaat weer open")).to_be_visible()
    accessible(admin)
    admin.reload()  # looking is harmless
    admin.get_by_role("link", name="Kies anders").click()
    expect(admin.get_by_label("De hele groep: 1 persoon")).to_be_checked()
    admin.go_back()
    admin.get_by_role("button", name="Verplaats", exact=True).click()
    expect(admin.get_by_role("heading", name="Iedereen is bij")).to_be_visible()
    admin.go_back()
    admin.reload()  # asks nothing, and sends nothing again
    expect(admin.get_by_role("heading", name="Iedereen is bij")).to_be_visible()


def ask_trainers(admin: Page) -> None:
    """Only the lesson: the script may wait."""
    admin.get_by_label("De eerste keer").uncheck()
    admin.get_by_role("button", name="Vraag trainers dit te lezen").click()
    expect(admin.get_by_text("0 van 1 trainer heeft alles gelezen.")).to_be_visible()


def on_the_day(live: Live, training: Training) -> None:
    """From her group in one tap to the script with the times of today; ticks stay, and paper shows what counts."""
    live.clock.set(VISIT_AT - timedelta(hours=2))
    noor = live.person()
    sign_in(live, noor, training.cast.noor.id)
    noor.goto("/traject")
    expect(noor.get_by_role("link", name="Draaiboek van vandaag")).to_be_visible()
    noor.goto("/groep")
    accessible(noor)
    noor.get_by_role("link", name="Draaiboek van vandaag").click()
    expect(noor.get_by_role("heading", name="De eerste keer", level=1)).to_be_visible()
    steps = noor.locator(".step__at b")
    expect(steps.first).to_have_text("13.30")
    expect(steps.nth(1)).to_have_text("13.35")
    accessible(noor)
    noor.get_by_label("Een dikke stift").check()
    noor.reload()
    expect(noor.get_by_label("Een dikke stift")).to_be_checked()
    noor.emulate_media(media="print")
    expect(noor.get_by_role("button", name="Print dit draaiboek")).to_be_hidden()
    expect(noor.get_by_label("Een dikke stift")).to_be_visible()
    noor.emulate_media(media="screen")
    anchor = noor.locator("article [id^='p-']").first.get_attribute("id")
    noor.goto(f"{noor.url.split('#')[0]}#{anchor}")
    lit = noor.locator(f"#{anchor}").evaluate("one => getComputedStyle(one).backgroundColor")
    assert lit != "rgba(0, 0, 0, 0)"
