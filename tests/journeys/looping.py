"""The people of the loop of practice, and what each of them does on her phone: every step by a press on a page.

What the loop brings is looked over (`accessible`); pages on the way to it are in journeys of their own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import Live, accessible, link_in
from tests.journeys.door import Somebody
from tests.journeys.observing import level
from tests.journeys.test_walk import photo_with_place
from tests.trained import finish_theory, in_training

NOOR, RUBEN, FATMA = "noor@demo.example", "ruben@demo.example", "fatma@demo.example"
HERE: Final = ZoneInfo("Europe/Amsterdam")
DATES: Final = (("2026-11-26", "13:30", "15:30"), ("2026-12-10", "19:00", "21:00"), ("2026-12-17", "19:00", "21:00"))
STEPS: Final = ("Situatie", "Taak", "Actie", "Resultaat", "Reflectie")
SLOWLY: Final = 20_000  # milliseconds, for what a phone sends by itself


@dataclass
class Loop:
    """Noor, her coach and the admin, each on a phone of her own; `record` is the work that it is all about."""

    live: Live
    noor: Somebody
    ruben: Somebody
    fatma: Somebody
    record: int = field(default=0)

    @classmethod
    def begin(cls, live: Live) -> Loop:
        """Noor read her theory and has a coach; nobody did anything in practice yet."""
        with live.parts.database.writing() as db:
            training = in_training(db, live.parts.storage, now=live.clock.now())
            finish_theory(db, training, now=live.clock.now())
        noor, ruben, fatma = (Somebody(live, live.person(), address) for address in (NOOR, RUBEN, FATMA))
        return cls(live, noor, ruben, fatma)

    def at(self, day: str, hour: int, minute: int = 0) -> None:
        """Let the time come, as the clock in Amsterdam shows it."""
        self.live.clock.set(datetime.fromisoformat(day).replace(hour=hour, minute=minute, tzinfo=HERE))


def noor_makes_her_group(loop: Loop) -> None:
    page = loop.noor.come_in()
    page.get_by_role("link", name="Vul je groep in").click()
    page.get_by_role("link", name="Voer je groep in").click()
    page.get_by_label("Naam van de plek").fill("Huis van de Wijk De Esdoorn")
    page.get_by_label("Straat en nummer").fill("Esdoornlaan 12")
    page.get_by_label("Gemeente").fill("Rotterdam")
    for number, (day, starts, ends) in enumerate(DATES, start=1):
        if number > 1:
            page.get_by_role("button", name="Nog een datum").click()
        row = page.get_by_role("group", name=f"Bijeenkomst {number}")
        row.get_by_label("Dag").fill(day)
        row.get_by_label("Van").fill(starts)
        row.get_by_label("Tot").fill(ends)
    row.get_by_label("Wat is het?").select_option("Eindpresentatie")
    page.get_by_role("button", name="Bewaar mijn groep").click()
    page.wait_for_url("**/groep")


def noor_prepares(loop: Loop) -> None:
    page = loop.noor.page
    page.get_by_role("link", name="Naar de opdracht").click()
    begin = page.get_by_role("button", name="Begin met deze opdracht")
    begin.click()
    page.wait_for_url(re.compile(r"/praktijk/\d+"))
    loop.record = int(page.url.rpartition("/")[2])
    page.get_by_label("Wat wil je bereiken?").fill("Iedereen maakt één beeld dat echt van die persoon is.")
    page.get_by_label("Hoe ziet je plan eruit?").fill("Binnenkomen, een voorwerp kiezen, tekenen, kijken, afronden.")
    page.get_by_label("Wat wil jij zelf leren?").fill("Langer stil zijn na een vraag.")
    page.get_by_role("button", name="Bewaar je voorbereiding").click()
    expect(page.get_by_text("Even wachten op een dag")).to_be_visible()


def ruben_picks(loop: Loop, day: str) -> None:
    """One of the group's dates: both get a mail with an entry for the calendar."""
    page = loop.ruben.page
    page.get_by_role("link", name="Plan Noor de Wit").click()
    page.get_by_label(re.compile(day)).check()
    page.get_by_role("button", name="Plan het bezoek").click()
    expect(page.get_by_role("heading", name="Je bezoek", exact=True)).to_be_visible()
    for address in (NOOR, RUBEN):
        assert "METHOD:REQUEST" in loop.live.mail_to(address, f"kijken op {_weekday(day)}").calendar


def _weekday(day: str) -> str:
    return {"26 november": "donderdag 26 november", "10 december": "donderdag 10 december"}[day]


def open_assignment(loop: Loop, page: Page) -> None:
    """From the road to the assignment, by the menu."""
    page.get_by_role("navigation", name="Hoofdmenu").get_by_role("link", name="Praktijk").click()
    page.get_by_role("link", name="Naar de opdracht").click()
    page.wait_for_url(f"**/praktijk/{loop.record}")


def from_mail(loop: Loop, page: Page, subject: str) -> None:
    page.goto(link_in(loop.live.mail_to(NOOR, subject), "/praktijk/"))
    page.wait_for_url(f"**/praktijk/{loop.record}")


def noor_shows_her_work(loop: Loop, caption: str) -> None:
    """A photo with somebody in it who said yes to two things: neither is ever the other."""
    page = loop.noor.page
    page.get_by_role("link", name="Voeg toe of haal weg").click()
    page.get_by_label("Maak een foto of kies een bestand").set_input_files(
        {"name": f"{caption}.jpg", "mimeType": "image/jpeg", "buffer": photo_with_place()}
    )
    who = page.get_by_role("radiogroup", name="Is iemand herkenbaar?")
    who.get_by_label(re.compile("^Ja, en die persoon")).check()
    purposes = page.get_by_role("group", name="Waarvoor is er toestemming?")
    assert purposes.locator("input:checked").count() == 0
    for purpose in ("Beoordeling", "Intervisie"):
        purposes.get_by_label(re.compile(f"^{purpose}")).check()
    page.get_by_label("Wat zien we?").fill(caption)
    page.get_by_role("button", name="Voeg toe", exact=True).click()
    shown = page.get_by_role("listitem").filter(has_text=caption)
    expect(shown.get_by_text("Voor: beoordeling, intervisie")).to_be_visible(timeout=SLOWLY)
    expect(shown.get_by_role("img")).to_be_visible()
    page.get_by_role("link", name="Verder met de opdracht").click()


def noor_adds_words(loop: Loop, words: str) -> None:
    page = loop.noor.page
    page.get_by_role("link", name="Voeg toe of haal weg").click()
    page.get_by_text("Schrijf iets op").click()
    page.get_by_label("Wat wil je laten lezen?").fill(words)
    page.get_by_role("button", name="Voeg de tekst toe").click()
    expect(page.get_by_role("listitem").filter(has_text=words)).to_be_visible()
    page.get_by_role("link", name="Verder met de opdracht").click()


def noor_looks_back(loop: Loop, words: str) -> None:
    page = loop.noor.page
    page.get_by_role("link", name="Schrijf je terugblik").click()
    for step in STEPS:
        field_ = page.get_by_label(re.compile(f"^{step}"))
        expect(field_).to_have_value("")  # each attempt begins with empty pages
        field_.fill(f"{step}: {words}")
    page.get_by_role("button", name="Bewaar en ga terug").click()
    expect(page.get_by_text("5 van 5 stappen").first).to_be_visible()


def noor_hands_in(loop: Loop, scores: dict[str, str]) -> None:
    """She looks at herself, and gives it to her coach."""
    page = loop.noor.page
    for criterion, word in scores.items():
        level(page, criterion, word).check()
    page.get_by_label("Wil je er iets bij vertellen?").fill("Het werd vanzelf stil, en dat was goed.")
    page.get_by_role("button", name="Lever in bij Ruben").click()
    expect(page.get_by_text("Je werk is ingeleverd").first).to_be_visible()
    accessible(page)


def ruben_fills_in(loop: Loop, scores: dict[str, str], agreement: str) -> None:
    """The form on his phone, as it also opens without a connection; the server's answer leads on to the decision."""
    page = loop.ruben.page
    page.get_by_role("link", name=re.compile("^(Kijk na|Maak af) Noor de Wit")).click()
    expect(page.get_by_text("Het werd vanzelf stil")).to_have_count(0)  # her side stays shut until his is in
    page.get_by_role("link", name="Open het formulier").click(timeout=SLOWLY)
    expect(page.get_by_role("button", name="Klaar met invullen")).to_be_attached()
    _unfold(page.locator("#vak .fold:not([open]) > summary"))
    for criterion, word in scores.items():
        level(page, criterion, word).check()
    for question in ("Er is een afspraak genoemd", "Iedere deelnemer kon iets maken"):
        level(page, question, "Ja").check()
    for label, words in (
        ("Sterk punt 1", "Je rust. Je durft een stilte te laten vallen."),
        ("Groeipunt 1", "Kom vaker terug op de afspraak."),
        ("Afspraak 1", agreement),
    ):
        page.get_by_label(label).fill(words)
    accessible(page)
    page.get_by_role("button", name="Klaar met invullen").click()
    expect(page.locator("#stand")).to_contain_text("Verstuurd om", timeout=SLOWLY)
    accessible(page)
    page.get_by_role("link", name="Ga naar aftekenen").click()
    page.wait_for_url("**/aftekenen")


def they_talk(loop: Loop, agreement: str) -> None:
    """On his phone, that lies between them; the yes is hers, on her own."""
    page = loop.ruben.page
    page.get_by_role("link", name="Naar het nagesprek").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nagesprek")
    accessible(page)
    page.get_by_label("Afspraak 1").fill(agreement)
    page.get_by_role("button", name="Dit spreken we af").click()
    expect(page.get_by_text("Wacht op bevestiging")).to_be_visible()
    accessible(page)
    mail = loop.live.mail_to(NOOR, "Bevestig wat je met Ruben afsprak")
    assert agreement not in mail.text
    noor = loop.noor.page
    open_assignment(loop, noor)
    noor.get_by_role("link", name="Lees en bevestig").click()
    accessible(noor)
    expect(noor.get_by_text(agreement)).to_be_visible()
    noor.get_by_role("button", name="Ja, dit spraken we af").click()
    expect(noor.get_by_text("Bevestigd", exact=True)).to_be_visible()
    accessible(noor)
    page.get_by_label("Terug naar de opdracht").click()
    expect(page.get_by_text("Noor heeft de afspraken bevestigd.")).to_be_visible()


def ruben_signs(loop: Loop, decision: str, *, by_when: str = "", proof: bool = False) -> None:
    """What he decides is what the form suggests; `proof`: his last one is so old that the page asks for six digits."""
    page = loop.ruben.page
    expect(page.get_by_text(f"Voorstel: {decision}")).to_be_visible()
    page.get_by_role("radiogroup", name="Wat besluit je?").get_by_label(re.compile(f"^{decision}")).check()
    if by_when:
        page.get_by_label(re.compile("voor wanneer")).fill(by_when)
    page.get_by_label("Dit is wat ik zelf heb gezien.").check()
    code = page.get_by_label("Code uit je app")
    expect(code).to_have_count(1 if proof else 0)
    if proof:
        loop.ruben.show_app()
    page.evaluate("scrollTo(0, 0)")  # axe takes an answer that lies half under the bar for a small one
    accessible(page)
    page.get_by_role("button", name="Onderteken").click()
    page.wait_for_url(lambda url: "/aftekenen" not in url)
    expect(page.get_by_role("heading", name=decision, level=2)).to_be_visible()
    expect(page.get_by_text("Nog niet gezien.").first).to_be_visible()
    accessible(page)
    assert f"/praktijk/{loop.record}" in loop.live.mail_to(NOOR, f"{decision}: Een bijeenkomst").text


def noor_reads(loop: Loop, decision: str) -> None:
    """By the link in the mail: what was decided, and one press to say that she read it. Her coach sees that."""
    page = loop.noor.page
    from_mail(loop, page, f"{decision}: Een bijeenkomst")
    expect(page.get_by_role("heading", name=decision, level=2)).to_be_visible()
    accessible(page)
    page.get_by_role("button", name="Gezien").click()
    expect(page.get_by_text("Je coach ziet dat je het gelezen hebt.")).to_be_visible()
    accessible(page)


def to_sign(loop: Loop) -> None:
    """Back from the talk: the form is whole, so its button leads on to the decision."""
    page = loop.ruben.page
    page.get_by_role("button", name="Klaar met invullen").click()
    page.wait_for_url("**/aftekenen")
    accessible(page)


def _unfold(closed: Locator) -> None:
    while closed.count():
        closed.first.click()


def ruben_asks_back(loop: Loop, why: str) -> None:
    """A result that is wrong: it stands until somebody else agrees."""
    page = loop.ruben.page
    page.get_by_role("link", name="Noor de Wit").first.click()
    accessible(page)
    page.get_by_role("link", name=re.compile("Een bijeenkomst begeleiden|opdracht 1")).first.click()
    page.get_by_role("link", name="Klopt dit niet? Neem het terug").click()
    accessible(page)
    page.get_by_label("Waarom?").fill(why)
    page.get_by_role("button", name="Vraag om het terug te nemen").click()
    expect(page.get_by_text("gevraagd om dit terug te nemen")).to_be_visible()
    accessible(page)


def fatma_agrees(loop: Loop, why: str) -> None:
    """The second pair of eyes finds it on her work list."""
    page = loop.fatma.come_in()
    accessible(page)
    task = page.locator(".task", has_text="1 besluit moet misschien terug")
    task.get_by_role("link", name="Bekijk en beslis").click()
    accessible(page)
    page.get_by_role("link", name=re.compile("^Bekijk en beslis")).click()
    expect(page.get_by_text(why)).to_be_visible()
    accessible(page)
    page.get_by_role("button", name="Neem het besluit terug").click()
    expect(page.get_by_text("Er wacht niets")).to_be_visible()
    accessible(page)
    assert why not in loop.live.mail_to(NOOR, "Besluit teruggenomen").text
