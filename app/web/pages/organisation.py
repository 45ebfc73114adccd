"""What the contact of an organisation sees of her own people."""

from __future__ import annotations

from app.access import Permission
from app.delivery.seeking import requests
from app.reports.organisation import organisation_page
from app.web.kit.ask import Answer, Ask, render
from app.web.kit.route import Area
from app.web.words.delivery import DAY_WORDS
from app.web.words.meetings import ATTENDANCE_LOOKS
from app.web.words.stages import STAGES

area = Area()


@area.get("/organisatie", policy=Permission.SEE_OWN_ORGANISATION, name="organisation.people", snapshot=True)
def people(ask: Ask) -> Answer:
    page = organisation_page(ask.db, ask.viewer, on=ask.today)
    wanted = requests(ask.db, ask.viewer, now=ask.now)
    return render(
        "organisation/page.html", page, stage_words=STAGES, looks=ATTENDANCE_LOOKS, wanted=wanted, words=DAY_WORDS
    )
