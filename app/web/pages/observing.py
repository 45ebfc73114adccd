"""The observation form on a phone in a hall without signal: its shell, what it needs, and what it sends.

docs/decisions/0011-drafts-live-on-the-phone.md says why it is made this way.
"""

from __future__ import annotations

import json
from typing import Any, Final

from app.access import Permission
from app.kit.errors import Refused
from app.kit.i18n import LOCALES
from app.practice import inputs
from app.practice.actions.syncing import Sending, Taken, take_in
from app.practice.notes import notes_of
from app.practice.observation_page import observation_page
from app.practice.phone import form_for_phone, open_forms
from app.practice.queries import form_parts
from app.practice.rules.forms import Gap
from app.web.kit.ask import Answer, Ask, Content, render
from app.web.kit.forms import Submitted
from app.web.kit.motifs import motif
from app.web.kit.release import release
from app.web.kit.route import Area
from app.web.kit.static import shipped
from app.web.kit.taken_along import AWAY, AWAY_ASKED_IN, DOORS, NEVER, PAGES
from app.web.kit.words import sentence

area = Area()
SHELL: Final = "/coach/observatie"
TEMPLATES: Final = ("coach/observing", "unopened")
KEPT: Final = (
    "css/print.css",
    "css/stadstrainers.css",
    "fonts/bricolage-grotesque-latin-opsz-normal.woff2",
    "fonts/bricolage-grotesque-latin-ext-opsz-normal.woff2",
    "img/icoon.svg",
    "js/fields.js",
    "js/naming.js",
    "js/site.js",
    "js/theme.js",
    "js/typed.js",
    "js/unopened.js",
)
"""What the shell and the page without a connection need beside the scripts of the shell (js/observing)."""


@area.get(SHELL, policy=Permission.PUBLIC, name="observing.shell")
def shell(_ask: Ask) -> Answer:
    """The page without anything about anybody: a phone keeps it, and fills it with what it holds itself."""
    return render("coach/observing/shell.html")


@area.get("/sw.js", policy=Permission.PUBLIC, name="observing.worker")
def worker(ask: Ask) -> Answer:
    """The service worker. Its text changes with each release, which is how a browser notices one."""
    static = shipped()
    own = [name for name in static.names if name.startswith("js/observing/")]
    told = {
        "version": release(ask.services.settings, *TEMPLATES),
        "shell": SHELL,
        "away": {locale: f"{AWAY}?{AWAY_ASKED_IN}={locale}" for locale in LOCALES},
        "files": [static.url(name) for name in (*KEPT, *own)],
        "pages": PAGES,
        "never": NEVER,
        "doors": DOORS,
    }
    text = f'self.RELEASE = {json.dumps(told)};\nimportScripts("{static.url("js/worker.js")}");\n'
    return Content(body=text.encode(), media_type="text/javascript", headers={"Cache-Control": "no-cache"})


@area.get("/academie.webmanifest", policy=Permission.PUBLIC, name="observing.manifest")
def manifest(ask: Ask) -> Answer:
    """For who puts the form on the first screen of her phone; browsers keep what is stored for such an app longer."""
    settings = ask.services.settings
    told = {
        "name": f"{settings.brand_name} {settings.brand_sub}",
        "short_name": settings.brand_name,
        "lang": "nl",
        "start_url": SHELL,
        "scope": "/",
        "display": "standalone",
        "background_color": "#f5f1ef",
        "theme_color": "#ffffff",
        "icons": [{"src": shipped().url("img/icoon.svg"), "sizes": "any", "type": "image/svg+xml"}],
    }
    return Content(
        body=json.dumps(told).encode(),
        media_type="application/manifest+json",
        headers={"Cache-Control": "no-cache"},
    )


@area.get("/coach/observatie/bezoeken", policy=Permission.COACH, name="observing.visits", snapshot=True)
def visits(ask: Ask) -> Answer:
    """Whose phone this is now, and which forms it should hold."""
    found = open_forms(ask.db, ask.viewer)
    return _told(
        {
            "person": ask.viewer.id,
            "now": ask.now.isoformat(timespec="seconds"),
            "forms": [
                {"record": one.record_id, "mark": one.mark, "get": f"/coach/{one.record_id}/observatie"}
                for one in found
            ],
        }
    )


@area.get("/coach/{record:id}/observatie", policy=Permission.COACH, name="observing.form", snapshot=True)
def form(ask: Ask, record: int) -> Answer:
    """All that the form of one visit needs on the phone."""
    page = observation_page(ask.db, ask.viewer, record, now=ask.now)
    found = form_for_phone(page, notes_of(ask.db, page.enrolment_id, viewer_id=ask.viewer.id))
    for fold in found["folds"]:
        fold["motif"] = motif(fold["motif"])
    found["owner"] = ask.viewer.id
    found["send"], found["photo"] = f"/coach/{record}/observatie", f"/coach/{record}/foto"
    found["sign"] = f"/coach/{record}/aftekenen"
    return _told(found)


@area.post("/coach/{record:id}/observatie", policy=Permission.COACH, name="observing.send")
def send(ask: Ask, record: int) -> Answer:
    """Take in what a phone kept. The answer, not the press of a button, says what was sent."""
    definition, rubric = form_parts(ask.db, ask.viewer, record)
    sent = Submitted.read(inputs.sent_observation(definition, rubric), ask.form, ask.viewer.locale)
    if not sent.valid:
        wrong = [{"field": name, "words": words} for name, words in sent.errors]
        return _told({"state": "invalid", "wrong": wrong}, status=422)
    given: inputs.SentObservation = sent.given
    if given.person != ask.viewer.id:
        return _told({"state": "somebody_else"}, status=409)
    sending = Sending(given.device, given.number, given.attempt, given.version or 0, given.whole == "1")
    try:
        taken = take_in(ask.db, by=ask.viewer, record_id=record, given=given.observation(), sent=sending, now=ask.now)
    except Refused as refused:
        words = sentence(refused.code, refused.facts, ask.viewer.locale)
        return _told({"state": "closed", "words": words}, status=409)
    return _taken(ask, taken)


def _taken(ask: Ask, taken: Taken) -> Answer:
    told: dict[str, Any] = {
        "state": "conflict" if taken.conflict else "saved",
        "version": taken.version,
        "saved": taken.saved_at.isoformat(timespec="seconds"),
        "finished": taken.finished,
        "handed_in": taken.handed_in,
        "known": taken.known,
        "wrong": [{"field": gap.field, "words": _words(ask, gap)} for gap in taken.open_ones],
    }
    if taken.conflict:
        told["fields"] = {name: str(value) for name, value in inputs.filled_in(taken.saved).items()}
        return _told(told, status=409)
    return _told(told)


def _words(ask: Ask, gap: Gap) -> str:
    return sentence(gap.code, {"title": gap.title}, ask.viewer.locale)


def _told(what: dict[str, Any], *, status: int = 200) -> Content:
    """An answer for our own script."""
    return Content(status=status, body=json.dumps(what).encode(), media_type="application/json")
