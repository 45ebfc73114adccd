"""What went wrong, as a page with a way back; as a part for htmx the same page, aimed at main."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

import structlog
from sqlalchemy.orm.exc import StaleDataError
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from app.access import home_of
from app.kit import logs
from app.kit.errors import Forbidden, FreshFactorNeeded, NotFound, Refused
from app.kit.i18n import known_locale
from app.people.rules import Viewer
from app.web.kit.ask import Redirect, render
from app.web.kit.responses import LANGUAGE_COOKIE, Responder
from app.web.kit.words import sentence
from app.web.words.shared import N_

log = structlog.get_logger("web")
SECRET: Final = frozenset({"password", "code", "recovery", "form_key", "next"})
TYPED_MOST: Final = 20_000


@dataclass(frozen=True)
class ErrorPage:
    """What the error page shows. `action_*` is the way back; `typed` is what stood in the form that was sent.

    `sent`: it answers a form, which was not taken (js/typed.js keeps its words).
    """

    status: int
    title: str
    text: str
    action_label: str
    action_href: str
    drawing: str
    sent: bool
    typed: tuple[str, ...] = ()


_TEXTS: Final = {
    400: (N_("Dit konden we niet lezen"), N_("Ga terug en probeer het nog een keer."), "fallen"),
    401: (
        N_("Je bent niet meer ingelogd"),
        N_("Er is niets bewaard. Kopieer hieronder eerst wat je typte, en log dan opnieuw in."),
        "nobody",
    ),
    403: (
        N_("Deze plek is niet voor jou"),
        N_("Je bent wel ingelogd, maar dit hoort bij het werk van iemand anders. Klopt dat niet? Vraag het ons."),
        "nobody",
    ),
    404: (
        N_("Hier hangt niets aan de muur"),
        N_("Deze pagina bestaat niet, of is niet voor jou. Misschien is de link oud."),
        "fallen",
    ),
    405: (N_("Zo werkt deze pagina niet"), N_("Ga terug en gebruik de knop op de pagina."), "fallen"),
    409: (N_("Dit kan nu niet"), N_("Ga terug en kijk hoe het er nu voor staat."), "fallen"),
    413: (
        N_("Dit is te groot"),
        N_("Een foto mag 15 MB zijn: kies een kleinere, of maak de foto opnieuw. Is het een lange tekst? Kort hem in."),
        "fallen",
    ),
    422: (N_("Dit klopt nog niet"), N_("Ga terug en kijk nog eens naar wat je invulde."), "fallen"),
    429: (
        N_("Even rustig aan"),
        N_("Je probeerde het vaak achter elkaar. Wacht een kwartier en probeer het dan opnieuw."),
        "nobody",
    ),
    500: (
        N_("Er ging iets mis bij ons"),
        N_("Dat ligt aan ons, niet aan jou. We hebben het gezien. Probeer het zo nog een keer."),
        "torn",
    ),
    503: (
        N_("Het duurt even te lang"),
        N_("We weten niet zeker of je laatste stap is bewaard. Kijk dat eerst na en probeer het dan opnieuw."),
        "torn",
    ),
}


ELSEWHERE: Final = N_("Dit kwam niet van een pagina van ons. Ga terug, ververs de pagina en probeer het nog een keer.")

SOMEBODY_ELSE: Final = N_("Op dit apparaat is nu iemand anders ingelogd. Daarom is dit niet bewaard. Log zelf weer in.")


def plain(
    responder: Responder, request: Request, status: int, viewer: Viewer | None = None, text: str = ""
) -> Response:
    """The page for a status, without asking the database anything. `text` instead of the usual one."""
    viewer = viewer or Viewer(locale=known_locale(request.cookies.get(LANGUAGE_COOKIE)))
    title, words, drawing = _TEXTS[status]
    gettext = responder.gettext(viewer.locale)
    label, href = _way_on(request, viewer, status)
    page = ErrorPage(
        status=status,
        title=gettext(title),
        text=gettext(text or words),
        action_label=gettext(label),
        action_href=href,
        drawing=drawing,
        sent=request.method not in {"GET", "HEAD"},
        typed=_typed(request),
    )
    answer = render("errors/error.html", page, status=status)
    answer.headers["HX-Retarget"] = "#inhoud"
    answer.headers["HX-Reswap"] = "outerHTML"
    answer.headers["HX-Reselect"] = "#inhoud"
    if status in {429, 503}:
        answer.headers["Retry-After"] = "30"
    return responder.respond(request, viewer, answer)


def _way_on(request: Request, viewer: Viewer, status: int) -> tuple[str, str]:
    """The button of the page: its words and where it leads."""
    if status == 401:
        return N_("Log opnieuw in"), _sign_in(request)
    return (N_("Naar mijn startpagina"), home_of(viewer)) if viewer.signed_in else (N_("Naar het begin"), "/")


def told(responder: Responder, request: Request, viewer: Viewer, what: Exception) -> Response:
    """The answer to what a domain raised."""
    match what:
        case NotFound():
            return plain(responder, request, 404, viewer)
        case FreshFactorNeeded():
            return responder.respond(request, viewer, Redirect(status=303, to=f"/bevestigen?next={_here(request)}"))
        case Refused() if what.code == "too_many_tries":
            return plain(responder, request, 429, viewer, sentence(what.code, what.facts, viewer.locale))
        case Refused():
            return plain(responder, request, 409, viewer, sentence(what.code, what.facts, viewer.locale))
        case StaleDataError():
            return plain(responder, request, 409, viewer, sentence("stale", {}, viewer.locale))
        case Forbidden():
            return plain(responder, request, 403, viewer)
        case _:
            raise what


def to_sign_in(responder: Responder, request: Request) -> Response:
    """Ask to sign in first, and come back here afterwards; what was typed is shown, for nobody keeps it."""
    if _typed(request):
        return plain(responder, request, 401)
    return responder.respond(request, Viewer(), Redirect(status=303, to=_sign_in(request)))


def note_typed(request: Request, form: FormData) -> None:
    """Remember the sentences of a form, so that a page that says no gives them back instead of losing them."""
    request.state.typed = tuple(
        text
        for name, text in form.multi_items()
        if isinstance(text, str) and name not in SECRET and len(text) <= TYPED_MOST and " " in text.strip()
    )


def _typed(request: Request) -> tuple[str, ...]:
    return getattr(request.state, "typed", ())


def _sign_in(request: Request) -> str:
    return f"/inloggen?next={_here(request)}"


def report(where: str, trouble: Exception) -> None:
    """One line for the log: the kind of trouble and its place in the code, never its content."""
    log.error("trouble", route=where, kind=type(trouble).__name__, where=logs.where(trouble))


def _here(request: Request) -> str:
    """Where to come back to: the page itself, or for a form the page it stood on."""
    if request.method in {"GET", "HEAD"}:
        query = f"?{request.url.query}" if request.url.query else ""
        return quote(request.url.path + query, safe="/")
    referer = request.headers.get("referer", "")
    host = request.headers.get("host", "")
    _, _, path = referer.partition(f"://{host}")
    return quote(path if path.startswith("/") and not path.startswith("//") else "/", safe="/")
