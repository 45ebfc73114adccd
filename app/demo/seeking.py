"""Who looks for a group and which organisations look for a trainer in the demo; two were brought together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from sqlalchemy import select

from app.certification.queries import authorised
from app.delivery import linking, requests, searching
from app.delivery.inputs import LinkGiven, Request, Search
from app.delivery.tables import GroupSearch, TrainerRequest
from app.demo import people
from app.demo.engine import Actor, Scene, Story
from app.kit.localtime import local_day


@dataclass(frozen=True)
class _Looks:
    """Somebody who looks for a group since so many days ago."""

    name: str
    ago: int
    regions: str
    days: tuple[str, ...]
    parts: tuple[str, ...]
    offer: str


@dataclass(frozen=True)
class _Asks:
    """An organisation that looks for a trainer; an admin wrote it down where nobody else `asks`."""

    asks: str
    organisation: str
    ago: int
    place: str
    regions: str
    days: tuple[str, ...]
    parts: tuple[str, ...]
    goal_group: str
    contact: tuple[str, str, str]


LOOKING: Final = (
    _Looks(
        "Rashida Ramdin",
        49,
        "Rotterdam, Schiedam",
        ("tuesday", "thursday"),
        ("morning", "afternoon"),
        "Ik werkte tien jaar in de dagbesteding en neem zelf materiaal mee. Ik spreek ook Hindi.",
    ),
    _Looks("Jeroen Kuipers", 20, "Dordrecht, Papendrecht", ("wednesday",), ("evening",), "Graag met jongeren."),
    _Looks(
        "Abdel Bouzid",
        31,
        "Rotterdam",
        ("monday", "friday"),
        ("afternoon",),
        "Ervaren trainer. Ik spreek Arabisch en Frans.",
    ),
)
ASKED: Final = (
    _Asks(
        people.SANNE,
        people.MAASOEVER,
        26,
        "Huis van de Wijk Mathenesse",
        "Rotterdam",
        ("monday",),
        ("afternoon",),
        "Ouderen uit de wijk, veel van hen spreken Arabisch",
        (people.SANNE, "010 555 02 40", "sanne@demo.example"),
    ),
    _Asks(
        people.SANNE,
        people.MAASOEVER,
        16,
        "Buurthuis Het Lage Land",
        "Rotterdam",
        ("tuesday", "wednesday"),
        ("afternoon",),
        "65-plussers die alleen wonen",
        ("Joke van Dam", "010 555 02 41", ""),
    ),
    _Asks(
        people.ADMIN,
        people.BRUG,
        9,
        "Jongerencentrum De Stek",
        "Dordrecht",
        ("friday",),
        ("evening",),
        "Jongeren van 16 tot 23 jaar",
        ("Wim de Rooij", "", "wim.derooij@demo.example"),
    ),
)
TOGETHER: Final = ("Abdel Bouzid", "Huis van de Wijk Mathenesse", 18)
"""Who was brought together with which place, and how many days ago."""


@dataclass(frozen=True)
class Seeking:
    """Writes it all into the story."""

    story: Story
    cast: Mapping[str, Actor]
    organisations: Mapping[str, int]
    intervention_id: int

    def tell(self) -> None:
        for one in LOOKING:
            self.story.at(self.story.moment(one.ago, "12:40"), partial(self._look, one))
        for asked in ASKED:
            self.story.at(self.story.moment(asked.ago, "16:10"), partial(self._ask, asked))
        self.story.at(self.story.moment(TOGETHER[2], "09:25"), self._bring_together)

    def _look(self, one: _Looks, scene: Scene) -> None:
        by = scene.as_(self.cast[one.name])
        given = Search.model_validate(self._when(one) | {"offer": one.offer, "intervention_id": self.intervention_id})
        proofs = authorised(scene.db, by.id, local_day(scene.now))
        searching.look_for_group(scene.db, by=by, given=given, authorised=proofs, now=scene.now)

    def _ask(self, one: _Asks, scene: Scene) -> None:
        name, phone, email = one.contact
        given = Request.model_validate(
            self._when(one)
            | {"intervention_id": self.intervention_id, "organisation_id": self.organisations[one.organisation]}
            | {"place": one.place, "goal_group": one.goal_group}
            | {"contact_name": name, "contact_phone": phone, "contact_email": email}
        )
        requests.ask_for_trainer(scene.db, by=scene.as_(self.cast[one.asks]), given=given, now=scene.now)

    def _bring_together(self, scene: Scene) -> None:
        name, place, _ = TOGETHER
        person_id = self.cast[name].person_id
        search = scene.db.scalars(select(GroupSearch.id).where(GroupSearch.person_id == person_id)).one()
        wanted = scene.db.scalars(select(TrainerRequest.id).where(TrainerRequest.place == place)).one()
        proofs = authorised(scene.db, person_id, local_day(scene.now))
        by, given = scene.as_(self.cast[people.ADMIN]), LinkGiven(request_id=wanted)
        linking.link(scene.db, by=by, search_id=search, given=given, authorised=proofs, now=scene.now)

    @staticmethod
    def _when(one: _Looks | _Asks) -> dict[str, Any]:
        return {"regions": one.regions, "days": list(one.days), "parts": list(one.parts)}
