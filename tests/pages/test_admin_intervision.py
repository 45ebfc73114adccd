"""Planning rounds, inviting, moving, calling off, and the list, as an admin meets them."""

from __future__ import annotations

import re
from datetime import date, time
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from app.certification.actions import take_over
from app.intervision.tables import IntervisionRound
from app.kit.localtime import instant
from app.ledger.tables import LedgerEvent
from app.meetings.tables import Meeting, MeetingSignup
from app.outbox.tables import Message
from tests.blank_forms import asked_for
from tests.intervision import DAY, make_intervention, place_of
from tests.page import Site, Visitor
from tests.people import Cast, make_cast

if TYPE_CHECKING:
    from app.kit.clock import MovableClock

START = instant(DAY, time(13, 30))
END = instant(DAY, time(16))
ROUND = {"half": "autumn", "year": "2026", "signup_closes_on": "2026-12-04"}
MEETING = {
    "day": "2026-12-10",
    "starts": "13:30",
    "ends": "16:00",
    "net_minutes": "125",
    "seats": "12",
    "venue": "De Brede Brug",
    "address": "Voorstraat 100, Dordrecht",
    "link": "",
    "access": "",
    "food": "",
    "bring": "",
}


class Office:
    """Fatma at work; Noor and Joris are trainers."""

    def __init__(self, site: Site, clock: MovableClock) -> None:
        self.site, self.clock = site, clock
        now = clock.now()
        with site.parts.database.writing() as db:
            self.cast: Cast = make_cast(db, now=now)
            self.intervention = make_intervention(db)
            for viewer in (self.cast.noor, self.cast.joris):
                take_over(
                    db,
                    by_id=self.cast.fatma.id,
                    person_id=viewer.id,
                    intervention_id=self.intervention,
                    since=date(2024, 1, 1),
                    intervisions=0,
                    now=now,
                )

    @property
    def fatma(self) -> Visitor:
        return self.site.visitor(self.cast.fatma.id)

    def count(self, kind: Any, *where: Any) -> int:
        with self.site.parts.database.reading() as db:
            return db.scalar(select(func.count()).select_from(kind).where(*where)) or 0

    def planned(self) -> tuple[str, int]:
        """A round with one meeting in draft: its address and the meeting."""
        made = self.fatma.post("/beheer/intervisie/nieuw", ROUND | {"intervention": str(self.intervention)})
        path = made.headers["location"]
        self.fatma.post(f"{path}/bijeenkomst", MEETING)
        with self.site.parts.database.reading() as db:
            return path, db.scalars(select(Meeting.id)).one()

    def published(self) -> tuple[str, int]:
        path, meeting_id = self.planned()
        self.fatma.post(f"{path}/uitnodigen", {"own_text": "Kom je ook?", "do": "send"})
        return path, meeting_id

    def came(self, *names: str) -> int:
        """A published meeting with seats for some of the cast; gives the meeting."""
        _, meeting_id = self.published()
        for name in names:
            person_id = getattr(self.cast, name).id
            with self.site.parts.database.reading() as db:
                place = place_of(db, person_id, meeting_id)
            with self.site.parts.database.reading() as db:
                round_id = db.scalars(select(IntervisionRound.id)).one()
            self.site.visitor(person_id).post("/intervisie", {"round": str(round_id), "place": str(place)})
        return meeting_id

    def place(self, name: str, meeting_id: int) -> int:
        with self.site.parts.database.reading() as db:
            return place_of(db, getattr(self.cast, name).id, meeting_id)


@pytest.fixture
def office(site: Site, clock: MovableClock) -> Office:
    return Office(site, clock)


def test_an_empty_list_shows_the_way(office: Office) -> None:
    text = office.fatma.get("/beheer/intervisie").text
    assert "Nog geen ronde" in text
    assert "Plan een ronde" in text


def test_from_nothing_to_invitations(office: Office) -> None:
    fatma = office.fatma
    fatma.get("/beheer/intervisie/nieuw")
    made = fatma.post("/beheer/intervisie/nieuw", ROUND | {"intervention": str(office.intervention)})
    path = made.headers["location"]
    assert "Nog geen bijeenkomst" in fatma.follow(made).text
    fatma.get(f"{path}/bijeenkomst")
    fatma.post(f"{path}/bijeenkomst", MEETING | {"facilitators": [str(office.cast.ruben.id)]})
    planned = fatma.get(path).text
    assert "Nodig 2 trainers uit" in planned
    assert "1 gespreksleider krijgt een plek" in planned  # Ruben leads it
    shown = fatma.get(f"{path}/uitnodigen").text
    assert "Dag Joris" in shown
    assert "Verstuur 2 mails" in shown
    assert "krijgt een plek en een eigen mail: Ruben" in shown
    assert "Antwoorden komen bij Fatma" in shown
    again = fatma.post(f"{path}/uitnodigen", {"own_text": "Met taart!", "do": "preview"}, status=200).text
    assert "Met taart!" in again
    assert office.count(Message) == 0
    fatma.post(f"{path}/uitnodigen", {"own_text": "Met taart!", "do": "send"})
    with office.site.parts.database.reading() as db:
        messages = db.scalars(select(Message)).all()
        assert {message.person_id for message in messages} == {
            office.cast.noor.id,
            office.cast.joris.id,
            office.cast.ruben.id,
        }
        assert {(message.kind, message.own_text) for message in messages} == {
            ("intervision.invitation", "Met taart!"),
            ("meetings.seat_confirmed", ""),
        }
        assert {message.reply_to_id for message in messages} == {office.cast.fatma.id}
    assert "Aanmelden kan" in fatma.get(path).text
    assert "Iedereen heeft een uitnodiging" in fatma.get(f"{path}/uitnodigen").text
    assert "al een uitnodiging" in fatma.post(f"{path}/uitnodigen", {"own_text": "", "do": "send"}, status=422).text
    assert office.count(Message) == 3


@pytest.mark.parametrize(
    "path",
    [
        "/beheer/intervisie",
        "/beheer/intervisie/nieuw",
        "/beheer/intervisie/1",
        "/beheer/intervisie/1/uitnodigen",
        "/beheer/intervisie/1/bijeenkomst",
        "/beheer/intervisie/bijeenkomst/1",
        "/beheer/intervisie/bijeenkomst/1/wijzigen",
        "/beheer/intervisie/bijeenkomst/1/annuleren",
        "/beheer/intervisie/bijeenkomst/1/aanwezigheid",
    ],
)
def test_only_admins_come_here_and_what_is_not_there_is_404(office: Office, path: str) -> None:
    for viewer in (office.cast.noor, office.cast.ruben, office.cast.sanne):
        office.site.visitor(viewer.id).get(path, status=403)
    office.site.stranger().get(path, status=303)
    if "1" in path:
        office.fatma.get(path, status=404)


def test_the_same_round_twice_is_refused_with_what_was_typed(office: Office) -> None:
    office.planned()
    data = ROUND | {"intervention": str(office.intervention)}
    response = office.fatma.post("/beheer/intervisie/nieuw", data, status=422)
    assert "Deze ronde is er al" in response.text
    assert 'value="2026-12-04"' in response.text
    assert office.count(IntervisionRound) == 1


@pytest.mark.parametrize(
    "wrong, words",
    [
        ({"ends": "13:00"}, "Het einde ligt voor het begin"),
        ({"net_minutes": "200"}, "De bijeenkomst duurt 150 minuten"),
        ({"day": "2026-11-01"}, "Deze dag is al geweest"),
        ({"day": "gisteren"}, "Dit is geen datum"),
        ({"starts": "half twee"}, "Dit is geen tijd"),
        ({"seats": "7"}, "Dit getal is te laag"),
        ({"seats": "49"}, "Dit getal is te hoog"),
        ({"address": ""}, "Vul een adres in"),
        ({"address": "", "link": "http://x.example"}, "Een link begint met https"),
        ({"venue": ""}, "Dit vakje is nog leeg"),
        ({"venue": "x\x00y"}, "een teken dat we niet kunnen bewaren"),
        ({"venue": "x" * 100_000}, "Dit is te lang"),
        ({"facilitators": ["9999"]}, "Deze gespreksleider kennen we niet"),
    ],
)
def test_a_meeting_that_cannot_be_is_asked_again(office: Office, wrong: dict[str, str], words: str) -> None:
    path, _ = office.planned()
    response = office.fatma.post(f"{path}/bijeenkomst", MEETING | {"food": "Soep en brood"} | wrong, status=422)
    assert words in response.text
    assert "Soep en brood" in response.text
    assert office.count(Meeting) == 1


def test_everything_that_lacks_is_said_at_once(office: Office) -> None:
    path, _ = office.planned()
    blank = office.fatma.get(f"{path}/bijeenkomst").text
    address = blank.partition('<label for="f-address">')[2].partition("</div>")[0]
    assert "mag leeg blijven" not in address  # one of two must be there
    assert "Laat dit leeg en vul de link in" in address
    wrong = MEETING | {"day": "", "ends": "15:00", "address": ""}
    text = office.fatma.post(f"{path}/bijeenkomst", wrong, status=422).text
    assert "De bijeenkomst duurt 90 minuten" in text
    assert "Vul een adres in, of een link" in text
    assert "Nog 3 dingen aanpassen" in text


def test_moving_tells_people_and_a_stale_form_is_refused(office: Office) -> None:
    meeting_id = office.came("noor")
    path = f"/beheer/intervisie/bijeenkomst/{meeting_id}"
    form = office.fatma.get(f"{path}/wijzigen").text
    assert "1 persoon met een plek" in form
    action = form.partition('<form class="sheet stack" method="post" action="')[2].partition('"')[0]
    office.fatma.post(action, MEETING | {"day": "2026-12-17"})
    assert office.count(Message, Message.kind == "meetings.moved") == 1
    response = office.fatma.post(action, MEETING | {"day": "2026-12-18"}, status=422)
    assert "Dit is intussen veranderd" in response.text
    assert office.count(Message, Message.kind == "meetings.moved") == 1


def test_calling_off_says_how_many_are_told(office: Office) -> None:
    meeting_id = office.came("noor")
    path = f"/beheer/intervisie/bijeenkomst/{meeting_id}"
    shown = office.fatma.get(f"{path}/annuleren").text
    assert "1 persoon met een plek krijgt een mail" in shown
    assert "1 persoon die nog niet antwoordde" in shown
    office.fatma.post(f"{path}/annuleren", {"own_text": "De zaal staat onder water."})
    assert office.count(Message, Message.kind == "meetings.cancelled") == 2
    again = office.fatma.post(f"{path}/annuleren", {"own_text": ""}, status=422)
    assert "gaat niet door" in again.text
    overview = office.fatma.get("/beheer").text
    assert "2 mensen hebben nu geen plek" in overview
    assert "Hun intervisie ging niet door" in overview
    (round_path,) = set(re.findall(r'"(/beheer/intervisie/\d+)"', overview))
    assert "Mensen zonder plek" in office.fatma.get(round_path).text


def test_who_chose_another_day_owes_no_answer_here(office: Office) -> None:
    path, first = office.planned()
    office.fatma.post(f"{path}/bijeenkomst", MEETING | {"day": "2026-12-15"})
    office.fatma.post(f"{path}/uitnodigen", {"own_text": "", "do": "send"})
    with office.site.parts.database.reading() as db:
        second = db.scalars(select(Meeting.id).where(Meeting.id != first)).one()
    for name in ("noor", "joris"):
        place = str(office.place(name, first))
        office.site.visitor(getattr(office.cast, name).id).post(
            "/intervisie", {"round": path.rpartition("/")[2], "place": place}
        )
    page = f"/beheer/intervisie/bijeenkomst/{second}"
    text = office.fatma.get(page).text
    assert text.count("Koos een andere dag") == 2
    assert "Geen antwoord" not in text
    assert "nog niet antwoordde" not in office.fatma.get(f"{page}/annuleren").text
    office.fatma.post(f"{page}/annuleren", {"own_text": ""})
    assert office.count(Message, Message.kind == "meetings.cancelled") == 0


def test_a_meeting_that_is_too_small_goes_into_another(office: Office) -> None:
    path, first = office.planned()
    office.fatma.post(f"{path}/bijeenkomst", MEETING | {"day": "2026-12-15", "venue": "De Esdoorn"})
    office.fatma.post(f"{path}/uitnodigen", {"own_text": "", "do": "send"})
    place = str(office.place("noor", first))
    office.site.visitor(office.cast.noor.id).post("/intervisie", {"round": path.rpartition("/")[2], "place": place})
    office.clock.set(instant(date(2026, 12, 5), time(9)))
    assert "Te klein: er komt maar 1 persoon" in office.fatma.get(path).text
    assert "2 bijeenkomsten zijn te klein" in office.fatma.get("/beheer").text
    page = f"/beheer/intervisie/bijeenkomst/{first}/samenvoegen"
    shown = office.fatma.get(page).text
    assert "Noor de Wit gaat mee: één mail met de nieuwe dag" in shown
    assert "1 persoon die nog niet antwoordde" in shown
    with office.site.parts.database.reading() as db:
        second = db.scalars(select(Meeting.id).where(Meeting.id != first)).one()
    for wrong in ({}, {"into": str(first)}, {"into": "9999"}, {"into": "ja"}):
        office.fatma.post(page, wrong, status=422)
    office.fatma.post(page, {"into": str(second)})
    assert office.count(Message, Message.kind == "meetings.moved") == 1
    assert office.count(MeetingSignup, MeetingSignup.meeting_id == second, MeetingSignup.answer == "yes") == 1
    assert "Samenvoegen kan nu niet" in office.fatma.get(page).text
    office.fatma.post(page, {"into": str(second)}, status=422)


def test_an_answer_by_phone_is_noted_with_who_noted_it(office: Office) -> None:
    _, meeting_id = office.published()
    path = f"/beheer/intervisie/bijeenkomst/{meeting_id}"
    place = office.place("noor", meeting_id)
    assert f'action="{path}/antwoord/{place}"' in office.fatma.get(path).text
    office.fatma.post(f"{path}/antwoord/{place}", {"answer": "yes"})
    with office.site.parts.database.reading() as db:
        assert db.get_one(Meeting, meeting_id).taken == 1
        event = db.scalars(select(LedgerEvent).where(LedgerEvent.action == "meetings.answered")).one()
        assert (event.actor_id, event.subject_id) == (office.cast.fatma.id, place)
    assert office.count(Message, Message.kind == "meetings.seat_confirmed") == 1
    office.fatma.post(f"{path}/antwoord/{place}", {"answer": "misschien"}, status=422)
    office.fatma.post(f"{path}/antwoord/9999", {"answer": "yes"}, status=404)
    office.fatma.post(f"{path}/antwoord/{place}", {"answer": "no"})
    assert office.count(MeetingSignup, MeetingSignup.answer == "no") == 1
    office.clock.set(instant(date(2026, 12, 5), time(9)))  # sign-up has closed
    assert "/antwoord/" not in office.fatma.get(path).text
    late = office.fatma.post(f"{path}/antwoord/{place}", {"answer": "yes"}, status=422).text
    assert "Aanmelden is gesloten" in late


def test_the_list_from_empty_to_closed(office: Office) -> None:
    meeting_id = office.came("noor")
    path = f"/beheer/intervisie/bijeenkomst/{meeting_id}"
    noor, joris = office.place("noor", meeting_id), office.place("joris", meeting_id)
    assert "Dit kan pas" in office.fatma.get(f"{path}/aanwezigheid").text
    office.fatma.post(f"{path}/aanwezigheid", {f"mark-{noor}": "present"}, status=422)
    office.clock.set(END)
    assert "Vul in wie er was" in office.fatma.get(path).text
    missing = office.fatma.post(f"{path}/aanwezigheid", {f"mark-{noor}": "unknown", "do": "settle"}, status=422)
    assert "Was Noor er: " in missing.text
    assert asked_for(missing.text) == {f"mark-{noor}"}
    filled = office.fatma.get(f"{path}/aanwezigheid?iedereen=ja").text
    assert filled.count('<option value="present" selected>') == 1
    wrong = {f"mark-{noor}": "present", f"minutes-{noor}": "veel"}
    assert "aantal minuten" in office.fatma.post(f"{path}/aanwezigheid", wrong, status=422).text
    office.fatma.post(f"{path}/aanwezigheid", {f"mark-{noor}": "verzonnen"}, status=422)
    assert office.count(MeetingSignup, MeetingSignup.attendance != "") == 0
    marks = {f"mark-{noor}": "present", f"mark-{joris}": "present", f"minutes-{joris}": "60", "do": "settle"}
    office.fatma.post(f"{path}/aanwezigheid", marks)
    with office.site.parts.database.reading() as db:
        assert db.get_one(Meeting, meeting_id).settled_at == END
        assert (db.get_one(MeetingSignup, noor).attendance, db.get_one(MeetingSignup, noor).attended_minutes) == (
            "present",
            125,
        )
        assert (db.get_one(MeetingSignup, joris).attendance, db.get_one(MeetingSignup, joris).attended_minutes) == (
            "partial",
            60,
        )
    assert "Afgerond" in office.fatma.get(path).text
    office.fatma.post(f"{path}/aanwezigheid", marks, status=422)
    office.fatma.post(f"{path}/heropenen")
    office.fatma.post(f"{path}/aanwezigheid", {f"mark-{joris}": "unknown"})
    assert office.count(MeetingSignup, MeetingSignup.attendance == "partial") == 0


def test_another_last_day_can_be_chosen(office: Office) -> None:
    path, meeting_id = office.published()
    office.fatma.post(f"{path}/sluiten", {"signup_closes_on": "2026-12-08"})
    with office.site.parts.database.reading() as db:
        closes = db.get_one(Meeting, meeting_id).signup_closes_at
    assert closes == instant(date(2026, 12, 9), time())
    response = office.fatma.post(f"{path}/sluiten", {"signup_closes_on": "2026-11-01"}, status=422)
    assert "Deze dag is al geweest" in response.text


def test_pages_of_a_round_cost_the_same_with_more_meetings(office: Office) -> None:
    path, _ = office.published()
    fatma = office.fatma
    counts: list[list[int]] = []
    fatma.get(path)  # the first look also reads the edition, once for each process
    for _ in range(2):
        row = []
        for page in (path, "/beheer/intervisie"):
            fatma.get(page)
            row.append(len(fatma.statements))
        counts.append(row)
        for day in range(14, 20):
            room = f"Zaal {len(counts)}"  # another than the time before
            fatma.post(f"{path}/bijeenkomst", MEETING | {"day": f"2026-12-{day}", "venue": room})
    assert counts[0] == counts[1]
