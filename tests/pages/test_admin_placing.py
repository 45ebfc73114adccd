"""Plaats de rest and the tables of a meeting, as an admin meets them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import date

import pytest
from sqlalchemy import select

from app.certification.actions import take_over
from app.intervision.tables import GroupSeat, PlacingProposal
from app.kit.clock import MovableClock
from app.kit.localtime import local_day
from app.meetings.rules import AnswerTo
from app.meetings.tables import MeetingSignup
from tests.intervision import make_intervention
from tests.page import Site, Visitor
from tests.placing import Rest, manages, rest_of


@pytest.fixture
def rest(site: Site, clock: MovableClock) -> Rest:
    found = rest_of(site.parts.database, clock)
    certify(found, found.trainers)
    return found


def certify(rest: Rest, people: Collection[int]) -> None:
    with rest.database.writing() as db:
        kind = make_intervention(db)
        for person_id in people:
            take_over(
                db, by_id=rest.cast.fatma.id, person_id=person_id, intervention_id=kind, since=date(2024, 1, 1),
                intervisions=0, now=rest.now,
            )  # fmt: skip


@pytest.fixture
def fatma(site: Site, rest: Rest) -> Visitor:
    return site.visitor(rest.cast.fatma.id)


def newest(rest: Rest) -> int:
    return int(rest.see(lambda db: db.scalars(select(PlacingProposal.id).order_by(PlacingProposal.id.desc())).first()))


def test_a_proposal_is_made_changed_accepted_and_taken_back(rest: Rest, fatma: Visitor) -> None:
    here = f"/beheer/intervisie/{rest.round_id}/plaatsen"
    assert "Plaats de rest" in fatma.get(f"/beheer/intervisie/{rest.round_id}").text
    assert "12 mensen hebben nog geen plek." in fatma.get(here).text
    assert fatma.post(f"{here}/voorstel", {}, status=303).headers["location"].endswith("/plaatsen")
    page = fatma.get(here).text
    assert "12 van de 12 mensen krijgen een plek." in page
    assert "Nog geen gespreksleider" in page
    ada = rest.line_of(rest.trainers[0])
    form = {"proposal": newest(rest), f"naar-{ada.id}": "geen", "do": "look"}
    looked = fatma.post(here, form, status=200)
    assert "11 van de 12 mensen krijgen een plek." in looked.text
    assert rest.line_of(rest.trainers[0]).chosen_id is None
    fatma.post(here, {"proposal": newest(rest), "do": "accept"}, status=303)
    assert "11 mensen kregen een plek" in fatma.get(here).text
    again = fatma.post(here, {"proposal": newest(rest), "do": "accept"}, status=422)
    assert "Iemand heeft dit voorstel al aangenomen." in again.text
    fatma.post(f"{here}/terug", {"proposal": newest(rest)}, status=303)
    assert "Teruggedraaid" in fatma.get(here).text
    assert rest.meeting().taken == 1  # Ruben leads it
    fatma.post(f"{here}/terug", {"proposal": newest(rest)}, status=409)


def test_what_no_page_sends_and_what_has_nothing_to_do(rest: Rest, fatma: Visitor) -> None:
    here = f"/beheer/intervisie/{rest.round_id}/plaatsen"
    fatma.get("/beheer/intervisie/9999/plaatsen", status=404)
    fatma.post("/beheer/intervisie/9999/plaatsen/voorstel", {}, status=404)
    fatma.post(here, {"proposal": "1"}, status=404)
    fatma.post(f"{here}/voorstel", {}, status=303)
    line = rest.line_of(rest.trainers[0])
    for wrong in ({"naar-x": "1"}, {f"naar-{line.id}": "x"}, {f"naar-{line.id}": "9999"}, {"naar-9999": "geen"}):
        fatma.post(here, {"proposal": newest(rest), "do": "look"} | wrong, status=404)
    old = newest(rest)
    fatma.post(f"{here}/voorstel", {}, status=303)
    stale = fatma.post(here, {"proposal": old, "do": "accept"}, status=422)
    assert "Er is intussen een nieuwer voorstel." in stale.text
    for at, person_id in enumerate(rest.trainers):
        rest.answer(person_id, "yes", rest.second_id if at < 8 else None)
    fatma.post(f"{here}/voorstel", {}, status=409)
    fatma.post(here, {"proposal": newest(rest), "do": "accept"}, status=303)
    assert "Koos intussen zelf een dag." in fatma.get(here).text


def test_tables_are_proposed_changed_and_kept(rest: Rest, fatma: Visitor) -> None:
    for person_id in rest.trainers[:7]:
        rest.answer(person_id, "yes")
    here = f"/beheer/intervisie/bijeenkomst/{rest.meeting_id}/tafels"
    assert "Dit is een voorstel" in fatma.get(here).text
    with rest.database.writing() as db:
        manages(db, rest.trainers[0], rest.trainers[1], since=local_day(rest.now))
    query = select(MeetingSignup.id, MeetingSignup.person_id).where(
        MeetingSignup.meeting_id == rest.meeting_id, MeetingSignup.answer == AnswerTo.YES
    )
    places = {row.person_id: row.id for row in rest.see(lambda db: db.execute(query).all())}
    together = {f"tafel-{signup}": "1" for signup in places.values()}
    assert (
        "Bea de Vries zit bij de eigen leidinggevende." in fatma.post(here, together | {"do": "look"}, status=200).text
    )
    refused = fatma.post(here, together | {"do": "save"}, status=422)
    assert "Bea de Vries zit aan tafel 1 bij de eigen leidinggevende, Ada de Vries." in refused.text
    apart = together | {f"tafel-{places[one]}": "2" for one in rest.trainers[1:5]}
    fatma.post(here, apart | {"leider-1": str(rest.cast.ruben.id), "leider-2": "geen", "do": "save"}, status=303)
    groups = rest.see(lambda db: db.scalars(select(GroupSeat.group_id)).all())
    assert sorted(Counter(groups).values()) == [4, 4]
    assert "Ruben Haddad leidt het gesprek" in fatma.get(here).text
    assert "Dit is een voorstel" in fatma.get(f"{here}?nieuw=ja").text
    rest.answer(rest.trainers[7], "yes", rest.second_id)
    fatma.post(f"/beheer/intervisie/{rest.round_id}/plaatsen/tafels", {}, status=303)
    assert "Een kleine tafel" in fatma.get(f"/beheer/intervisie/bijeenkomst/{rest.second_id}/tafels").text
    for wrong in (
        {"tafel-9999": "1"},
        {"tafel-x": "1"},
        {f"tafel-{places[rest.trainers[0]]}": "100"},
        {"leider-1": "7"},
    ):
        fatma.post(here, together | wrong | {"do": "save"}, status=404)
    fatma.get("/beheer/intervisie/bijeenkomst/9999/tafels", status=404)


def test_the_page_asks_as_much_for_many_as_for_few(rest: Rest, fatma: Visitor) -> None:
    here = f"/beheer/intervisie/{rest.round_id}/plaatsen"
    counts = []
    for seated in ((), rest.trainers[2:]):
        for person_id in seated:
            rest.answer(person_id, "yes", rest.second_id if rest.meeting().taken == 8 else None)
        fatma.post(f"{here}/voorstel", {}, status=303)
        fatma.get(here)
        counts.append(len(fatma.statements))
    assert counts[0] == counts[1]
