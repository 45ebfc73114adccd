"""The whole road in a browser, from the first mail to the calendar entry: no step is seeded or skipped."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, Final

from icalendar import Calendar
from PIL import Image
from playwright.sync_api import expect
from ruamel.yaml import YAML

from tests.journeys.conftest import Live, accessible, link_in
from tests.journeys.walking import ROOT, Walk

COURSE: Final = ROOT / "tests" / "courses" / "kort"
NOOR, RUBEN, FATMA = "noor@demo.example", "ruben@demo.example", "fatma@demo.example"
VISIT_DAY: Final = "2026-11-26"
AFTER_VISIT: Final = datetime(2026, 11, 26, 16, 0, tzinfo=UTC)
MEETING_DAY: Final = "2027-03-18"
AFTER_MEETING: Final = datetime(2027, 3, 18, 18, 0, tzinfo=UTC)


def test_the_whole_road(live: Live) -> None:
    walk = Walk(live, noor=live.person(), ruben=live.person(), fatma=live.person(phone=False))
    fatma_starts(walk)
    fatma_writes_down_her_people(walk)
    ruben_comes_in(walk)
    fatma_fills_a_cohort(walk)
    noor_comes_in_and_reads(walk)
    noor_prepares(walk)
    ruben_picks_the_visit(walk)
    noor_hands_in(walk)
    ruben_signs(walk)
    fatma_decides(walk)
    anybody_checks_the_certificate(walk)
    fatma_plans_a_round(walk)
    noor_answers_from_the_mail(walk)
    fatma_moves_and_closes_the_meeting(walk)
    noor_writes_her_learning_point(walk)


def fatma_starts(walk: Walk) -> None:
    walk.command("courses", "publish", str(COURSE))
    told = walk.command("people", "create-admin", "--name", "Fatma Yıldız", "--email", FATMA)  # noqa: RUF001 - her name
    page = walk.fatma
    page.goto(next(word for word in told.split() if "/uitnodiging/" in word))
    page.get_by_role("button", name="Ga naar mijn plek").click()
    page.wait_for_url("**/beheer")
    accessible(page)


def fatma_writes_down_her_people(walk: Walk) -> None:
    page = walk.fatma
    page.goto("/beheer/mensen/importeren")
    accessible(page)
    page.get_by_label("Plak hier je lijst").fill(
        f"naam; e-mail; organisatie; al gecertificeerd sinds; eerdere intervisies\n"
        f"Noor de Wit; {NOOR}; Welzijn Maasoever\n"
        f"Ruben Haddad; {RUBEN}; Stadstrainers\n"
    )
    page.get_by_role("button", name="Kijk de regels na").click()
    accessible(page)
    page.get_by_role("button", name="Zet 2 mensen over").click()
    assert not walk.live.mail.received
    page.goto("/beheer/mensen?q=Ruben")
    page.get_by_role("link", name="Ruben Haddad").click()
    page.locator("details:has(input[name=role]) > summary").click()
    page.locator("input[name=role][value=coach]").check()
    page.get_by_label(re.compile("Voor welke interventie")).select_option(label="Kort traject")
    page.get_by_role("button", name="Geef deze rol").click()
    page.get_by_role("link", name="Nodig uit").click()
    accessible(page)
    page.get_by_role("button", name="Verstuur de uitnodiging").click()


def ruben_comes_in(walk: Walk) -> None:
    mail = walk.live.mail_to(RUBEN)
    assert mail.message["Reply-To"] == FATMA
    walk.ruben.goto(link_in(mail, "/uitnodiging/"))
    accessible(walk.ruben)
    walk.ruben.get_by_role("button", name="Ga naar mijn plek").click()
    walk.ruben.wait_for_url("**/coach")
    accessible(walk.ruben)


def fatma_fills_a_cohort(walk: Walk) -> None:
    page = walk.fatma
    page.goto("/beheer/opleidingsgroepen")
    page.get_by_label("Opleiding", exact=False).first.select_option(index=1)
    page.get_by_label("Naam van de groep").fill("Rotterdam, najaar 2026")
    page.get_by_label("Begint op").fill("2026-11-23")
    page.get_by_label("Klaar op").fill("2027-06-30")
    page.get_by_label("Plekken").fill("12")
    page.get_by_label("Wie beantwoordt vragen?").select_option(label="Fatma Yıldız")  # noqa: RUF001 - her name
    page.get_by_role("button", name="Maak de groep").click()
    page.wait_for_url(re.compile(r"/beheer/opleidingsgroepen/\d+"))
    page.get_by_label("Zoek op naam, mailadres of organisatie").fill("Noor")
    page.wait_for_timeout(400)  # the search goes by itself while typing
    page.wait_for_load_state("networkidle")
    page.get_by_label(re.compile("Noor de Wit")).check()
    page.get_by_role("button", name="Zet in de groep").click()
    page.get_by_label("Coach", exact=True).select_option(label="Ruben Haddad")
    page.get_by_role("button", name="Koppel de coach").click()
    accessible(page)
    page.get_by_role("link", name=re.compile("Nodig 1 persoon uit")).click()
    page.get_by_label("Jouw woorden").fill("Wat fijn dat je meedoet. Begin rustig, je hebt de tijd.")
    page.get_by_role("button", name="Bekijk opnieuw").click()
    expect(page.get_by_text("Dag Noor").first).to_be_visible()
    expect(page.get_by_text("Begin rustig, je hebt de tijd.").last).to_be_visible()
    accessible(page)
    assert not walk.live.mail.to(NOOR)
    page.get_by_role("button", name="Verstuur de mail").click()


def right_answers() -> list[tuple[str, str]]:
    quiz = YAML(typ="safe").load(next(COURSE.glob("modules/*/toets.yaml")))
    return [
        (question["text"], option["text"])
        for question in quiz["questions"]
        for option in question["options"]
        if option["right"]
    ]


def noor_comes_in_and_reads(walk: Walk) -> None:
    mail = walk.live.mail_to(NOOR, containing="Begin rustig")
    assert mail.message["Reply-To"] == FATMA
    page = walk.noor
    page.goto(link_in(mail, "/uitnodiging/"))
    expect(page.get_by_text("Wat Welzijn Maasoever van je ziet")).to_be_visible()
    page.get_by_role("button", name="Ga naar mijn plek").click()
    page.wait_for_url("**/traject")
    accessible(page)
    page.locator("section.next a.btn").first.click()
    for _ in range(2):
        accessible(page)
        here: str = page.url
        page.get_by_role("button", name=re.compile("^Klaar")).click()
        page.wait_for_url(re.compile(f"^(?!{re.escape(here)}$)"))  # the answer comes by itself, and then the next page
    page.wait_for_url("**/toets/**")
    accessible(page)
    page.get_by_role("button", name="Begin de toets").click()
    accessible(page)
    for question, answer in right_answers():
        page.get_by_role("group", name=question).or_(page.get_by_role("radiogroup", name=question)).get_by_label(
            answer, exact=False
        ).first.check()
    page.get_by_role("button", name="Kijk mijn antwoorden na").click()
    expect(page.get_by_role("heading", name="Gehaald", level=1)).to_be_visible()
    accessible(page)


def noor_prepares(walk: Walk) -> None:
    page = walk.noor
    page.goto("/groep/invoeren")
    page.get_by_label("Naam van de plek").fill("Huis van de Wijk De Esdoorn")
    page.get_by_label("Straat en nummer").fill("Esdoornlaan 12")
    page.get_by_label("Gemeente").fill("Rotterdam")
    page.locator("#f-day_1").fill(VISIT_DAY)
    page.locator("#f-starts_1").fill("13:30")
    page.locator("#f-ends_1").fill("15:30")
    page.get_by_role("button", name="Nog een datum").click()
    page.locator("#f-day_2").fill("2026-12-10")
    page.locator("#f-starts_2").fill("19:00")
    page.locator("#f-ends_2").fill("21:00")
    page.locator("#f-kind_2").select_option("end_presentation")
    accessible(page)
    page.get_by_role("button", name="Bewaar mijn groep").click()
    assert page.locator("#fouten").count() == 0, page.locator("#fouten").inner_text()
    page.wait_for_url("**/groep")
    accessible(page)
    page.goto("/praktijk")
    if page.get_by_role("button", name="Begin met deze opdracht").count():
        page.get_by_role("button", name="Begin met deze opdracht").click()
    page.wait_for_url(re.compile(r"/praktijk/\d+"))
    page.get_by_label("Wat wil je bereiken?").fill("Iedereen maakt één beeld dat echt van die persoon is.")
    page.get_by_label("Hoe ziet je plan eruit?").fill("Binnenkomen, een voorwerp kiezen, tekenen, kijken, afronden.")
    page.get_by_label("Wat wil jij zelf leren?").fill("Langer stil zijn na een vraag.")
    accessible(page)
    page.get_by_role("button", name="Bewaar je voorbereiding").click()
    walk.links["record"] = re.findall(r"/praktijk/(\d+)", page.url)[0]


def ruben_picks_the_visit(walk: Walk) -> None:
    page = walk.ruben
    page.goto(f"/coach/{walk.links['record']}")
    page.get_by_label(re.compile("26 november")).check()
    accessible(page)
    page.get_by_role("button", name="Plan het bezoek").click()
    for address in (NOOR, RUBEN):
        entry = Calendar.from_ical(walk.live.mail_to(address, containing="26 november").calendar)
        assert entry["METHOD"] == "REQUEST"


def photo_with_place() -> bytes:
    """A JPEG with a GPS position in its EXIF."""
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (51.0, 55.0, 0.0)
    content = BytesIO()
    Image.new("RGB", (1200, 900), (255, 194, 51)).save(content, "JPEG", exif=exif)
    return content.getvalue()


def noor_hands_in(walk: Walk) -> None:
    walk.live.clock.set(AFTER_VISIT)
    page = walk.noor
    walk.come_back(page, NOOR)
    page.goto(f"/praktijk/{walk.links['record']}")
    page.get_by_role("link", name="Voeg toe of haal weg").click()
    accessible(page)
    page.get_by_label("Maak een foto of kies een bestand").set_input_files(
        {"name": "werk.jpg", "mimeType": "image/jpeg", "buffer": photo_with_place()}
    )
    page.get_by_label(re.compile("Nee, niemand")).check()
    page.get_by_label("Wat zien we?").fill("Huizen van karton")
    page.get_by_role("button", name="Voeg toe").click()
    expect(page.get_by_text("Huizen van karton").first).to_be_visible()
    accessible(page)
    page.get_by_role("link", name="Verder met de opdracht").click()
    page.get_by_role("link", name="Schrijf je terugblik").click()
    accessible(page)
    for step in ("Situatie", "Taak", "Actie", "Resultaat", "Reflectie"):
        page.get_by_label(re.compile(f"^{step}")).fill("Ik wachtte, en dat hielp.")
    page.get_by_role("button", name="Bewaar en ga terug").click()
    for group in page.locator("fieldset.crit").all():
        group.get_by_label(re.compile("^Zoals bedoeld")).check()
    page.get_by_label("Wil je er iets bij vertellen?").fill("Het werd vanzelf stil, en dat was goed.")
    accessible(page)
    page.get_by_role("button", name="Lever in bij Ruben").click()
    expect(page.get_by_role("button", name="Lever in bij Ruben")).to_have_count(0)


def ruben_signs(walk: Walk) -> None:
    page = walk.ruben
    walk.come_back(page, RUBEN)
    page.goto("/coach")
    accessible(page)
    expect(page.get_by_text("Noor de Wit").first).to_be_visible()
    page.goto(f"/coach/{walk.links['record']}")
    expect(page.get_by_text("Het werd vanzelf stil")).to_have_count(0)
    closed = page.locator("#formulier details:not([open]) > summary")
    while closed.count():
        closed.first.click()
    for group in page.locator("fieldset.crit").all():
        group.get_by_label(re.compile("^Zoals bedoeld")).check()
    for group in page.get_by_role("radiogroup").filter(has=page.locator("input[name^=check_]")).all():
        group.get_by_label("Ja", exact=True).check()
    page.get_by_label("Sterk punt 1").fill("Je rust. Je durft een stilte te laten vallen.")
    page.get_by_label("Groeipunt 1").fill("Kom vaker terug op het eindproduct.")
    page.get_by_label("Afspraak 1").fill("Volgende keer begin je met de muur van vorige week.")
    accessible(page)
    page.get_by_role("button", name="Klaar met invullen").click()
    page.wait_for_url("**/aftekenen")
    accessible(page)
    page.locator("input[name=decision][value=signed_off]").check()
    page.get_by_label("Dit is wat ik zelf heb gezien.").check()
    page.get_by_role("button", name="Onderteken").click()
    page.wait_for_url(lambda url: "/aftekenen" not in url)
    walk.live.mail_to(NOOR, containing="klaar")


def fatma_decides(walk: Walk) -> None:
    page = walk.fatma
    walk.come_back(page, FATMA)
    page.goto("/beheer")
    accessible(page)
    page.goto("/beheer/besluiten")
    accessible(page)
    page.locator("a[href^='/beheer/besluiten/']").first.click()
    accessible(page)
    page.get_by_role("button", name="Ken het certificaat toe").click()
    page.wait_for_url(re.compile(r"/beheer/besluiten$"))
    expect(page.get_by_text("Toegekend", exact=True)).to_be_visible()
    page.locator("main a[href^='/certificaat/']").first.click()
    accessible(page)


def anybody_checks_the_certificate(walk: Walk) -> None:
    page = walk.noor
    walk.live.mail_to(NOOR, containing="certificaat")
    page.goto("/traject")
    accessible(page)
    page.locator("main a[href^='/certificaat/']").first.click()
    page.wait_for_url(re.compile(r"/certificaat/\d+"))
    accessible(page)
    certificate = page.url
    response = walk.noor.context.request.get(f"{certificate}/pdf")
    walk.live.eventually(lambda: walk.noor.context.request.get(f"{certificate}/pdf").ok, "the PDF")
    response = walk.noor.context.request.get(f"{certificate}/pdf")
    assert response.body().startswith(b"%PDF")
    code = page.locator("a[href*='/c/']").first.get_attribute("href") or ""
    stranger = walk.live.person(javascript=False)
    stranger.goto(code)
    expect(stranger.get_by_text("Kort traject").first).to_be_visible()
    expect(stranger.get_by_text("Noor de Wit")).to_have_count(0)
    walk.links["check"] = code


def fatma_plans_a_round(walk: Walk) -> None:
    page = walk.fatma
    page.goto("/beheer/intervisie/nieuw")
    page.get_by_label("Voor welke interventie?").select_option(label="Kort traject")
    page.locator("input[name=half][value=spring]").check()
    page.get_by_label("Welk jaar?").select_option("2027")
    page.get_by_label("Tot en met welke dag kan iedereen antwoorden?").fill("2027-03-04")
    accessible(page)
    page.get_by_role("button", name="Maak de ronde").click()
    page.get_by_role("link", name=re.compile("Plan een bijeenkomst|^Bijeenkomst")).first.click()
    page.get_by_label("Dag").fill(MEETING_DAY)
    page.get_by_label("Begin").fill("13:30")
    page.get_by_label("Einde").fill("16:00")
    page.get_by_label("Plek", exact=True).fill("Huis van de Wijk De Esdoorn")
    page.get_by_label("Adres").fill("Esdoornlaan 12, Rotterdam")
    page.locator("input[name=seats]").fill("8")
    accessible(page)
    page.get_by_role("button", name="Bewaar de bijeenkomst").click()
    page.get_by_role("link", name=re.compile("Nodig 1 trainer uit")).click()
    expect(page.get_by_text("Noor").first).to_be_visible()
    accessible(page)
    page.get_by_role("button", name="Verstuur 1 mail").click()


def noor_answers_from_the_mail(walk: Walk) -> None:
    mail = walk.live.mail_to(NOOR, containing="/antwoord/")
    assert mail.calendar == ""
    link = link_in(mail, "/antwoord/")
    for _ in range(3):  # a mail scanner that opens links changes nothing
        scanner = walk.live.person()
        scanner.goto(link)
        expect(scanner.get_by_role("button", name="Ja, ik kom")).to_be_visible()
    phone = walk.live.person(javascript=False)
    phone.goto(link)
    phone.get_by_role("button", name="Ja, ik kom").click()
    expect(phone.get_by_role("button", name="Ik geef mijn plek terug")).to_be_visible()
    invite = entry_of(walk)
    attendee = invite["event"]["ATTENDEE"]
    assert invite["method"] == "REQUEST"
    assert attendee.params["PARTSTAT"] == "ACCEPTED"
    assert attendee.params["RSVP"] == "FALSE"
    walk.links["uid"] = str(invite["event"]["UID"])
    walk.links["sequence"] = str(invite["event"]["SEQUENCE"])


def entry_of(walk: Walk, mails: int = 1) -> dict[str, Any]:
    """The newest calendar entry that Noor got for the meeting."""

    def entries() -> list[Calendar]:
        found = [mail.calendar for mail in walk.live.mail.to(NOOR) if "intervisie" in mail.calendar.lower()]
        return [Calendar.from_ical(text) for text in found]

    walk.live.eventually(lambda: len(entries()) >= mails, "the calendar entry")
    calendar = entries()[-1]
    return {"method": str(calendar["METHOD"]), "event": calendar.events[0]}


def fatma_moves_and_closes_the_meeting(walk: Walk) -> None:
    page = walk.fatma
    page.goto("/beheer/intervisie")
    page.get_by_role("link", name=re.compile("voorjaar", re.IGNORECASE)).first.click()
    page.get_by_role("link", name=re.compile("^Open")).first.click()
    page.get_by_role("link", name="Wijzig of verplaats").click()
    page.get_by_label("Begin").fill("14:00")
    page.get_by_label("Einde").fill("16:30")
    page.get_by_role("button", name="Bewaar de bijeenkomst").click()
    moved = entry_of(walk, mails=2)
    event = moved["event"]
    assert moved["method"] == "REQUEST"
    assert str(event["UID"]) == walk.links["uid"]
    assert int(event["SEQUENCE"]) > int(walk.links["sequence"])
    walk.live.clock.set(AFTER_MEETING)
    walk.come_back(page, FATMA)
    page.goto("/beheer/intervisie")
    page.get_by_role("link", name=re.compile("voorjaar", re.IGNORECASE)).first.click()
    page.get_by_role("link", name=re.compile("^Open")).first.click()
    page.get_by_role("link", name="Vul in wie er was").click()
    accessible(page)
    page.get_by_label(re.compile("Was Noor er?")).select_option("present")
    page.get_by_role("button", name="Rond de lijst af").click()


def noor_writes_her_learning_point(walk: Walk) -> None:
    page = walk.noor
    walk.come_back(page, NOOR)
    page.goto("/intervisie")
    accessible(page)
    page.get_by_role("link", name=re.compile("leerpunt|neem je mee", re.IGNORECASE)).first.click()
    page.get_by_label("Wat leerde je?").fill("Dat stilte ook een antwoord is.")
    page.get_by_label("Wat ga je anders doen?").fill("Tot tien tellen voor ik iets zeg.")
    accessible(page)
    page.get_by_role("button", name="Bewaar mijn leerpunt").click()
    page.goto("/traject")
    expect(page.get_by_text(re.compile("1 van (de )?1")).first).to_be_visible()
    accessible(page)
