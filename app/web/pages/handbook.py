"""The handbook: on the screen, on paper, and from a date of a group."""

from __future__ import annotations

from app.access import Permission
from app.certification.keeping_up import held_by
from app.courses.editions import edition_of, newest_editions
from app.courses.queries import enrolment_facts
from app.delivery.queries import DatePlace, own_date
from app.kit.errors import NotFound
from app.kit.i18n import translations
from app.kit.ids import MAX_ID
from app.theory.handbook import Held, handbook_page, session_for, session_page
from app.web.kit.ask import Answer, Ask, render
from app.web.kit.news import marked
from app.web.kit.route import Area

area = Area()


@area.get("/handboek/{course:slug}", policy=Permission.SIGNED_IN, name="courses.handbook")
def handbook(ask: Ask, course: str) -> Answer:
    return render("handbook/handbook.html", handbook_page(ask.db, ask.viewer, course, _held(ask)))


@area.get("/handboek/{course:slug}/{session:slug}", policy=Permission.SIGNED_IN, name="courses.session")
def session(ask: Ask, course: str, session: str) -> Answer:
    """With `?datum=` of an own group the times are those of that day; of another one they are not."""
    return _script(ask, course, session, _date(ask))


@area.get("/groep/data/{date:id}/draaiboek", policy=Permission.SIGNED_IN, name="group.script")
def script(ask: Ask, date: int) -> Answer:
    """The script of this date of the own group. It is the page itself, so that a device can keep it for the hall."""
    place = own_date(ask.db, ask.viewer.id, date)
    if place is None:
        raise NotFound
    if place.enrolment_id is not None:
        edition = edition_of(ask.db, enrolment_facts(ask.db, [place.enrolment_id])[place.enrolment_id].edition_id)
    else:
        newest = newest_editions(ask.db, [place.intervention_id]).get(place.intervention_id)
        if newest is None:
            raise NotFound
        edition = newest
    found = session_for(edition.outline.sessions, nth=place.nth, presentation=place.presentation)
    if found is None:
        raise NotFound
    return _script(ask, edition.outline.slug, found.slug, place)


def _script(ask: Ask, course: str, session: str, date: DatePlace | None) -> Answer:
    page = session_page(
        ask.db,
        ask.viewer,
        course,
        session,
        _held(ask),
        date_id=date.id if date else None,
        starts_at=date.starts_at if date else None,
    )
    word = translations(ask.viewer.locale).gettext("Nieuw")
    return render("handbook/session.html", page, background=marked(page.html, page.new_ids, word))


def _held(ask: Ask) -> Held:
    return held_by(ask.db, ask.viewer.id, ask.today)


def _date(ask: Ask) -> DatePlace | None:
    """The date of the own group that the page was opened from."""
    given = ask.query.get("datum", "")
    if not (given.isascii() and given.isdigit() and int(given[:17]) <= MAX_ID):
        return None
    return own_date(ask.db, ask.viewer.id, int(given[:17]))
