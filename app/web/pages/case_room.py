"""The room of a case: bringing one in, and reading those of the own table. Nobody else comes in.

The words are opened with a key from the file store, so these pages open their own short transactions around it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from app.access import Permission
from app.intervision.room import actions, keys, leading, queries
from app.intervision.room.inputs import CaseGiven, Decided
from app.intervision.room.queries import CasePage, RoomPage
from app.kit.errors import Forbidden, NotFound, Refused
from app.web.kit.ask import Answer, Ask, redirect, render
from app.web.kit.forms import Submitted
from app.web.kit.route import Area
from app.web.words.rooms import CASE_LOOKS
from app.web.words.shared import N_

area = Area()
DECIDED: Final = {
    "choose": N_("Gekozen. Kies nu de methode."),
    "park": N_("Voor later bewaard."),
    "discussed": N_("Genoteerd: besproken."),
}


@area.get("/intervisie/{place:id}/casus", policy=Permission.SIGNED_IN, name="case_room.show", own_transactions=True)
def show(ask: Ask, place: int) -> Answer:
    """Bring in a case for your table, and see what others bring."""
    page = _room(ask, place)
    words = page.own.text if page.own is not None else None
    form: Submitted[CaseGiven] = Submitted.blank(
        ask.viewer.locale,
        title=page.own.title if page.own is not None else None,
        question=words.question if words is not None else None,
        story=words.story if words is not None else None,
    )
    return _shown(page, form)


@area.post("/intervisie/{place:id}/casus", policy=Permission.SIGNED_IN, name="case_room.bring", own_transactions=True)
def bring(ask: Ask, place: int) -> Answer:
    """Bring it in, or write it again. The key is there before the words are kept."""
    page, here = _room(ask, place), f"/intervisie/{place}/casus"
    form = Submitted.read(CaseGiven, ask.form, ask.viewer.locale)
    if form.valid and page.refused is not None:
        form.refuse(Refused(page.refused))
    if form.valid:
        services = ask.services
        key = keys.ready_key(services.database, services.storage, meeting_id=page.meeting.id, now=ask.now)
        try:
            with ask.writing(back_to=here) as db:
                actions.bring_in(db, by=ask.viewer, signup_id=place, given=form.given, key=key, now=ask.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            toast = N_("Je casus is ingebracht. Je tafel kan hem lezen.")
            return redirect(here, toast=N_("Je casus is bijgewerkt.") if page.own is not None else toast)
    return _shown(page, form, status=422)


@area.get("/casus/{case:id}", policy=Permission.SIGNED_IN, name="case_room.case", own_transactions=True)
def case(ask: Ask, case: int) -> Answer:
    """One case, for its table and who leads it."""
    found = _case(ask, case)
    blank: Submitted[Decided] = Submitted.blank(ask.viewer.locale)
    return render("case_room/case.html", _with_words(ask, found), looks=CASE_LOOKS, form=blank)


@area.post(
    "/casus/{case:id}/weghalen",
    policy=Permission.SIGNED_IN,
    name="case_room.withdraw",
    own_transactions=True,
    back="/casus/{case:id}",
)
def withdraw(ask: Ask, case: int) -> Answer:
    """Take the own case away."""
    found = _case(ask, case)
    if not found.mine:
        raise Forbidden
    here = f"/intervisie/{found.signup_id}/casus"
    with ask.writing(back_to=here) as db:
        actions.withdraw(db, by=ask.viewer, case_id=case, now=ask.now)
    return redirect(here, toast=N_("Je casus is weg."))


@area.post(
    "/casus/{case:id}/besluit",
    policy=Permission.SIGNED_IN,
    name="case_room.decide",
    own_transactions=True,
    back="/casus/{case:id}",
)
def decide(ask: Ask, case: int) -> Answer:
    """What the gespreksleider decides about a case of her table."""
    found = _with_words(ask, _case(ask, case))
    if not found.leads:
        raise Forbidden
    form = Submitted.read(Decided, ask.form, ask.viewer.locale)
    if form.valid:
        services, given, key = ask.services, form.given, None
        if given.agreed and found.text is not None:
            key = keys.ready_key(services.database, services.storage, meeting_id=found.meeting.id, now=ask.now)
        to = f"/gesprek/{found.meeting.id}"
        try:
            with ask.writing(back_to=to) as db:
                leading.decide(db, by=ask.viewer, case_id=case, given=given, text=found.text, key=key, now=ask.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(to, toast=DECIDED[given.do])
    return render("case_room/case.html", found, status=422, looks=CASE_LOOKS, form=form)


def _room(ask: Ask, place: int) -> RoomPage:
    """Raises: NotFound; who asked for the place of somebody else is noted."""
    database = ask.services.database
    page: RoomPage | None
    with database.reading() as db:
        try:
            page = queries.room_page(db, ask.viewer, place, now=ask.now)
            there = True
        except NotFound:
            page, there = None, queries.place_is_there(db, place)
    if page is None:
        raise _noted(ask, "meeting_signup", place) if there else NotFound
    return replace(page, own=_with_words(ask, page.own)) if page.own is not None else page


def _case(ask: Ask, case_id: int) -> CasePage:
    """Raises: NotFound; who asked for what is not hers is noted."""
    with ask.services.database.reading() as db:
        try:
            return queries.case_page(db, ask.viewer, case_id, now=ask.now)
        except NotFound:
            there = queries.case_is_there(db, case_id)
    raise _noted(ask, "intervision_case", case_id) if there else NotFound


def _noted(ask: Ask, kind: str, subject_id: int) -> NotFound:
    with ask.services.database.writing() as db:
        actions.note_try(db, by=ask.viewer, kind=kind, subject_id=subject_id, now=ask.now)
    return NotFound()


def _with_words(ask: Ask, found: CasePage) -> CasePage:
    return replace(found, text=keys.opened(ask.services.storage, found.sealed))


def _shown(page: RoomPage, form: Submitted[Any], *, status: int = 200) -> Answer:
    return render("case_room/room.html", page, status=status, form=form, looks=CASE_LOOKS)
