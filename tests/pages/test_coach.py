"""The coach's pages: who waits, planning, the form, signing."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.courses.actions import coaching, cohorts
from app.courses.actions.cohorts import withdraw
from app.kit.clock import MovableClock
from app.kit.db import Database
from app.outbox.tables import Message
from app.practice.tables.coaching import Assessment
from app.practice.tables.proof import SignOff
from app.practice.tables.work import AssignmentRecord, CoachVisit, Submission
from tests.blank_forms import asked_for
from tests.page import SAME_ORIGIN, Site, Visitor, check_html, make_test_parts
from tests.practising import OBSERVED, Practising, basis_now, begin, hand_in, hand_over, observe, sign


@pytest.fixture
def site(sqlite_database: Database, data_dir: Path, clock: MovableClock) -> Site:
    return Site(make_test_parts(sqlite_database, data_dir, clock))


def work(site: Site, clock: MovableClock, until: str = "open") -> Practising:
    return begin(site.parts.database, site.parts.storage, clock, until=until)


def count(site: Site, table: type) -> int:
    with site.parts.database.reading() as db:
        return db.scalar(select(func.count()).select_from(table)) or 0


def signature(site: Site, at_work: Practising, **changes: str) -> dict[str, str]:
    with site.parts.database.reading() as db:
        submission_id = db.scalars(select(func.max(Submission.id))).one()
        version = db.scalars(select(Assessment.version).order_by(Assessment.id.desc())).first()
        basis = basis_now(db, at_work.ruben, at_work.record_id)
    fields = {"decision": "signed_off", "seen": "on", "reason": "", "by_when": "", "basis": basis}
    return fields | {"submission_id": str(submission_id), "version": str(version)} | changes


def test_the_list_says_who_waits_and_how_long(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock, "handed_in")
    clock.advance(timedelta(days=8))
    text = site.visitor(at_work.ruben.id).get("/coach").text
    assert "Noor de Wit" in text
    assert "Eén wacht langer dan de afspraak van 5 werkdagen." in text
    assert "wait--late" in text
    assert f'href="/coach/{at_work.record_id}"' in text


def test_an_empty_desk_is_honest(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock)
    text = site.visitor(at_work.ruben.id).get("/coach").text
    assert "Alles is bij" in text
    training = at_work.training
    with site.parts.database.writing() as db:
        withdraw(
            db,
            by=training.cast.fatma,
            cohort_id=training.cohort_id,
            enrolment_id=training.enrolment_id,
            now=clock.now(),
        )
    assert "Je begeleidt nog niemand" in site.visitor(at_work.ruben.id).get("/coach").text


def test_a_long_list_begins_with_what_presses_and_tells_of_the_rest(
    site: Site, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody scrolls through five hundred people; they are one press away."""
    at_work = work(site, clock, "handed_in")
    with site.parts.database.writing() as db:
        cast = at_work.training.cast
        first = cohorts.enrol(
            db, by=cast.fatma, cohort_id=at_work.training.cohort_id, person_ids=[cast.joris.id], now=clock.now()
        )
        coaching.assign_coach(db, by=cast.fatma, enrolment_id=first[0], coach_id=cast.ruben.id, now=clock.now())
        cohorts.confirm_enrolments(db, person_id=cast.joris.id, now=clock.now())
    ruben = site.visitor(at_work.ruben.id)
    assert "Toon alle" not in ruben.get("/coach").text
    monkeypatch.setattr("app.web.pages.coach.SHOWN", 1)
    text = ruben.get("/coach").text
    assert (text.count('class="coachee"'), text.count('href="/coach?alles#cm"')) == (1, 1)
    assert "Toon alle 2 mensen" in text
    assert "2 mensen" in text  # the count is of all
    whole = ruben.get("/coach?alles").text
    assert (whole.count('class="coachee"'), whole.count("Toon alle")) == (2, 0)


def test_a_note_comes_back_on_its_day_and_stays_until_it_is_done(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock)
    visitor, day = site.visitor(at_work.ruben.id), clock.now() + timedelta(days=3)
    hers = f"/coach/mensen/{at_work.training.enrolment_id}"
    given = {"text": "Vraag hoe het ging", "come_back_on": day.date().isoformat()}
    visitor.post(f"{hers}/notitie", given)
    assert "Vraag hoe het ging" not in visitor.get("/coach").text
    for later in (3, 4):
        clock.set(day + timedelta(days=later - 3))
        visitor = site.visitor(at_work.ruben.id)
        text = visitor.get("/coach").text
        assert "Hier kom je op terug" in text
        assert "Vraag hoe het ging" in text
    visitor.post(f"{hers}/notitie/1/klaar", {"from": "today"})
    assert "Vraag hoe het ging" not in visitor.get("/coach").text


def test_who_may_get_stuck_is_named_with_the_reason(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock)
    assert "Hier kan iets vastlopen" not in site.visitor(at_work.ruben.id).get("/coach").text
    clock.advance(timedelta(days=38))
    text = site.visitor(at_work.ruben.id).get("/coach").text
    assert "Hier kan iets vastlopen" in text
    assert "Zette al 21 dagen geen stap." in text
    assert "Nog geen bezoek" in text  # on the card the one that presses most
    assert 'href="tel:0612345678"' in text
    clock.advance(timedelta(days=300))
    text = site.visitor(at_work.ruben.id).get("/coach").text
    assert "De opleiding l" in text  # loopt of liep af
    assert "en er is nog geen bezoek" in text
    assert "Zette al" in site.visitor(at_work.ruben.id).get(f"/coach/mensen/{at_work.training.enrolment_id}").text


def test_visits_of_this_week_with_the_way_and_what_she_can_take_on(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock, "planned")  # on Thursday 3 December
    ruben, path = site.visitor(at_work.ruben.id), f"/coach/{at_work.record_id}"
    text = ruben.get("/coach").text
    assert "Bezoeken later" in text
    assert "Je begeleidt 1 persoon." in text
    assert "Vul in hoeveel je aankunt" in text
    ruben.post(f"{path}/bezoek/route", {"directions": "Langs de speeltuin", "venue_contact": "de gastvrouw"})
    room = {"people_max": "8", "visits_per_week": "3", "regions": "Rotterdam", "version": ""}
    ruben.post("/coach/beschikbaarheid", room)
    clock.advance(timedelta(days=7))
    text = site.visitor(at_work.ruben.id).get("/coach").text
    assert "Bezoeken later" not in text
    assert "Langs de speeltuin" in text
    assert "Daar vraag je naar: de gastvrouw" in text
    assert "https://www.openstreetmap.org/search?query=Dorpsstraat%201%2C%20Rotterdam" in text
    assert "Je begeleidt 1 van 8 mensen." in text
    assert "Deze week: 1 van 3 bezoeken." in text


def test_a_new_coach_looks_with_her_own_eyes_first(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock, "handed_in")
    observe(site.parts.database, at_work, clock, score_SM1="1")
    sign(site.parts.database, at_work, clock, "returned")
    clock.advance(timedelta(days=1))
    bram = hand_over(site.parts.database, at_work, clock, "Bram de Boer")
    hand_in(site.parts.database, bram, clock)
    visitor, hers = site.visitor(bram.ruben.id), f"/praktijk/{at_work.record_id}"
    form = visitor.get(f"/coach/{at_work.record_id}").text
    assert "Vorige keer afgesproken" in form
    assert "Met Ruben, op " in form
    assert "drie vragen op" in form
    page = visitor.get(hers).text
    assert "Wat de vorige coach verder schreef" in page
    assert "Ben je het er niet mee eens?" not in page  # that way is the professional's
    assert "drie vragen op" in page
    assert [words for words in ("Rust", "Vaker open vragen", "Kwam rustig terug") if words in form + page] == []
    visitor.post(f"/coach/{at_work.record_id}/formulier", {"strong_1": "Zag ik zelf", "version": "0", "whole": ""})
    page = visitor.get(hers).text
    assert "Wat de vorige coach verder schreef" not in page
    assert [words for words in ("Rust", "Vaker open vragen", "Kwam rustig terug") if words not in page] == []


def test_planning_moving_and_calling_off(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock, "prepared")
    visitor, path = site.visitor(at_work.ruben.id), f"/coach/{at_work.record_id}"
    assert "Kies een dag voor opdracht 1" in visitor.get("/coach").text
    assert "Plan het bezoek" in visitor.get(path).text
    assert "Dit is nog niet ingevuld." in visitor.post(f"{path}/bezoek", {}, status=422).text
    wrong = visitor.post(f"{path}/bezoek", {"date_id": "123456"}, status=422)
    assert "Deze datum staat niet (meer) bij de groep." in wrong.text
    visitor.post(f"{path}/bezoek", {"date_id": str(at_work.dates[0])})
    assert "Verzetten of afzeggen" in visitor.get(path).text
    visitor.post(f"{path}/bezoek", {"date_id": str(at_work.dates[1])})
    assert "Dit vakje is nog leeg." in visitor.post(f"{path}/bezoek/afzeggen", {"reason": ""}, status=422).text
    visitor.post(f"{path}/bezoek/afzeggen", {"reason": "Ik ben ziek"})
    with site.parts.database.reading() as db:
        assert db.scalars(select(CoachVisit.sequence)).one() == 2
        told = Message.kind.like("practice.visit%"), Message.kind != "practice.visit_reminder"
        kinds = db.scalars(select(Message.kind).where(*told).order_by(Message.id))
        assert list(kinds) == [f"practice.visit_{what}" for what in ("planned", "moved", "cancelled") for _ in range(2)]


def test_both_tell_how_to_get_there(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock, "planned")
    ruben, noor = site.visitor(at_work.ruben.id), site.visitor(at_work.noor.id)
    of_coach, hers = f"/coach/{at_work.record_id}", f"/praktijk/{at_work.record_id}"
    assert "Noor leest dit mee." in ruben.get(of_coach).text
    noor.post(f"{hers}/bezoek", {"directions": "Ingang achterom", "venue_contact": "Beheerder, 010 555 00 00"})
    assert "Ingang achterom" in noor.get(hers).text
    assert "Beheerder, 010 555 00 00" in ruben.get(of_coach).text
    long = ruben.post(f"{of_coach}/bezoek/route", {"directions": "", "venue_contact": "x" * 300}, status=422)
    assert asked_for(long.text) == {"venue_contact"}
    ruben.post(f"{of_coach}/bezoek/route", {"directions": "Bus 32", "venue_contact": ""})
    assert "Bus 32" in noor.get(hers).text
    assert "Beheerder" not in noor.get(hers).text
    ruben.post(f"{of_coach}/bezoek/afzeggen", {"reason": "Ziek"})
    lost = noor.post(f"{hers}/bezoek", {"directions": "Toch de andere ingang", "venue_contact": ""}, status=422)
    assert "Toch de andere ingang" in lost.text


def test_draft_whole_and_signed(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock, "handed_in")
    visitor, path = site.visitor(at_work.ruben.id), f"/coach/{at_work.record_id}"
    draft = {"score_SM1": "3", "strong_1": "Rust", "version": "0", "whole": ""}
    assert visitor.post(f"{path}/formulier", draft).headers["location"] == path
    page = visitor.get(path)
    assert 'name="score_SM1" value="3" checked' in page.text
    assert "Naast elkaar" not in page.text
    gaps = visitor.post(f"{path}/formulier", draft | {"version": "1", "whole": "1"}, status=422)
    assert "Schrijf minstens één afspraak op." in gaps.text
    assert "Kies een niveau bij" in gaps.text
    assert 'value="Rust"' in gaps.text
    assert visitor.get(f"{path}/aftekenen", status=303).headers["location"] == path
    whole = visitor.post(f"{path}/formulier", OBSERVED | {"version": "1", "whole": "1"})
    review = visitor.follow(whole)
    assert "Voorstel: Klaar" in review.text
    assert "Naast elkaar" in review.text
    assert "Ik vond het spannend" in review.text
    assert count(site, SignOff) == 0
    unseen = visitor.post(f"{path}/aftekenen", signature(site, at_work, seen="") | {"seen": ""}, status=422)
    assert "Dit leg je vast" in unseen.text
    given = signature(site, at_work) | {"form_key": "s" * 24}
    assert visitor.post(f"{path}/aftekenen", given).headers["location"] == path
    assert visitor.post(f"{path}/aftekenen", given).headers["location"] == path
    assert "Hierover is al besloten." in visitor.post(f"{path}/aftekenen", signature(site, at_work), status=409).text
    assert count(site, SignOff) == 1
    assert "Klaar" in visitor.get(path).text
    old = OBSERVED | {"version": "2", "strong_1": "Nog van voor het aftekenen"}
    late = visitor.post(f"{path}/formulier", old, status=422)
    assert "Dit formulier is nu niet open" in late.text
    assert "Nog van voor het aftekenen" in late.text
    assert "Afgetekend" in site.visitor(at_work.noor.id).get(f"/praktijk/{at_work.record_id}").text


def test_two_devices_lose_nothing(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock, "handed_in")
    observe(site.parts.database, at_work, clock, whole=False, strong_1="Van de telefoon")
    visitor, path = site.visitor(at_work.ruben.id), f"/coach/{at_work.record_id}/formulier"
    stale = OBSERVED | {"strong_1": "Van de laptop", "version": "0", "whole": "1"}
    answer = visitor.post(path, stale, status=422)
    assert "intussen op een ander apparaat bewaard" in answer.text
    assert "Daar: Van de telefoon" in answer.text
    assert 'value="Van de laptop"' in answer.text
    assert 'name="version" value="1"' in answer.text
    with site.parts.database.reading() as db:
        assert db.scalars(select(Assessment)).one().form["strong"] == ["Van de telefoon"]
    visitor.post(path, stale | {"version": "1"})
    with site.parts.database.reading() as db:
        assert db.scalars(select(Assessment)).one().form["strong"] == ["Van de laptop"]


def test_deviating_asks_why(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock, "observed")
    visitor, path = site.visitor(at_work.ruben.id), f"/coach/{at_work.record_id}/aftekenen"
    answer = visitor.post(path, signature(site, at_work, decision="not_met"), status=422)
    assert "Je kiest iets anders dan het voorstel." in answer.text
    visitor.post(path, signature(site, at_work, decision="not_met", reason="We oefenen samen verder"))
    with site.parts.database.reading() as db:
        assert db.get_one(AssignmentRecord, at_work.record_id).attempt == 2
    text = site.visitor(at_work.noor.id).get(f"/praktijk/{at_work.record_id}").text
    assert "Samen nog een keer" in text
    assert "We oefenen samen verder" in text


def test_an_old_proof_asks_again_first(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock, "observed")
    visitor: Visitor = site.visitor(at_work.ruben.id)
    for _ in range(2):
        clock.advance(timedelta(hours=6, minutes=30))
        visitor.get("/coach")
    given = signature(site, at_work)
    answer = visitor.post(f"/coach/{at_work.record_id}/aftekenen", given)
    assert answer.headers["location"].startswith("/bevestigen")
    assert count(site, SignOff) == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"score_SM1": "5"},
        {"score_XX9": "3"},
        {"strong_1": "x" * 5_000},
        {"check_iets-gemaakt": "misschien"},
        {"coach_id": "1"},
    ],
)
def test_odd_input_comes_back(site: Site, clock: MovableClock, changes: dict[str, str]) -> None:
    at_work = work(site, clock, "handed_in")
    given = OBSERVED | {"version": "0", "whole": "1"} | changes
    answer = site.visitor(at_work.ruben.id).post(f"/coach/{at_work.record_id}/formulier", given, status=422)
    assert "Noor schrijft voor donderdag drie vragen op" in answer.text
    assert count(site, Assessment) == 0


def test_others_stay_out(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock, "observed")
    cast = at_work.training.cast
    posts = {
        "bezoek": {"date_id": str(at_work.dates[0])},
        "bezoek/afzeggen": {"reason": "x"},
        "formulier": OBSERVED,
        "aftekenen": signature(site, at_work),
    }
    for person in (cast.noor, cast.joris, cast.sanne, cast.fatma):
        visitor = site.visitor(person.id)
        visitor.get("/coach", status=403)
        visitor.get(f"/coach/{at_work.record_id}", status=403)
        for action, given in posts.items():
            visitor.post(f"/coach/{at_work.record_id}/{action}", given, status=403)
    site.visitor(at_work.ruben.id).get("/coach/4711", status=404)
    assert count(site, SignOff) == 0


def test_statements_do_not_grow_with_people(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock, "handed_in")
    visitor = site.visitor(at_work.ruben.id)
    visitor.get("/coach")
    assert len(visitor.statements) <= 40


def test_what_was_typed_counts(site: Site, clock: MovableClock) -> None:
    """A form that came back shows what stands in it, not what was saved before."""
    at_work = work(site, clock, "handed_in")
    visitor, path = site.visitor(at_work.ruben.id), f"/coach/{at_work.record_id}"
    assert counted(visitor.get(path).text) == (0, 4)
    typed = {"score_SM1": "0", "check_afspraak-genoemd": "ja", "note_SM1": "x", "version": "0", "whole": "1"}
    assert counted(visitor.post(f"{path}/formulier", typed, status=422).text) == (2, 4)
    broken = visitor.post(f"{path}/formulier", typed | {"score_VS1": "7"}, status=422).text
    assert counted(broken)[0] >= 2


def counted(text: str) -> tuple[int, int]:
    """How much is filled in: as the whole form says, which its parts add up to."""
    found = re.search(r"<b><span data-filled>(\d+)</span> van (\d+) punten ingevuld</b>", text)
    assert found is not None
    parts = [int(n) for n in re.findall(r'<span data-when="\w+">.*?<span data-filled>(\d+)</span>', text)]
    assert sum(parts) == int(found[1])
    return int(found[1]), int(found[2])


def test_the_form_keeps_itself_while_she_types(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock, "handed_in")
    visitor, path = site.visitor(at_work.ruben.id), f"/coach/{at_work.record_id}/formulier"
    typing = {"strong_1": "Rust", "version": "0", "whole": "typing"}
    kept = part(visitor, path, typing)
    assert 'name="version" value="1"' in kept
    assert "Bewaard om" in kept
    assert stored(site).form["strong"] == ["Rust"]
    assert stored(site).finished_at is None
    assert 'name="version" value="1"' in part(visitor, path, typing)  # the answer was lost: the same again
    other = part(visitor, path, typing | {"strong_1": "Van een ander apparaat"})
    assert "op een ander apparaat bewaard" in other
    assert "data-kept" not in other
    assert 'name="version" value="0"' in other  # pressing the button shows what is different there
    assert stored(site).form["strong"] == ["Rust"]
    assert "Nog niet bewaard" in part(visitor, path, typing | {"score_SM1": "9"})
    part(visitor, path, typing | {"strong_1": "Rust en tijd", "version": "1"})
    assert stored(site).form["strong"] == ["Rust en tijd"]


def part(visitor: Visitor, path: str, given: dict[str, str]) -> str:
    """What htmx gets while somebody types."""
    htmx = SAME_ORIGIN | {"hx-request": "true", "hx-request-type": "partial"}
    text = visitor.client.post(path, data=given, headers=htmx).text
    check_html(text, whole=False)
    return text


def stored(site: Site) -> Assessment:
    with site.parts.database.reading() as db:
        return db.scalars(select(Assessment)).one()


def test_signing_says_all_that_lacks_at_once(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock, "observed")
    visitor, path = site.visitor(at_work.ruben.id), f"/coach/{at_work.record_id}/aftekenen"
    given = signature(site, at_work, decision="returned")
    del given["seen"]
    answer = visitor.post(path, given, status=422).text
    assert asked_for(answer) == {"seen", "reason", "by_when"}
    assert "Zet hier een vinkje" in answer
    assert count(site, SignOff) == 0
    whole = given | {"seen": "on", "reason": "De foto is onscherp"}
    assert asked_for(visitor.post(path, whole, status=422).text) == {"by_when"}
    visitor.post(path, whole | {"by_when": "2026-12-17"})
    assert count(site, SignOff) == 1
