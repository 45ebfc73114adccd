"""From answer to bytes: rendering, parts for htmx, redirects, cookies."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import Response

from app.kit.i18n import Locale, translations
from app.people.rules import Viewer
from app.settings import Settings
from app.web.kit.ask import Answer, Content, Cookie, Page, Redirect, Streamed
from app.web.kit.chrome import chrome_for
from app.web.kit.forms import Submitted
from app.web.kit.ranges import stretch
from app.web.kit.templates import Templates

TOAST_COOKIE: Final = "toast"
LANGUAGE_COOKIE: Final = "taal"
VARY: Final = "HX-Request, HX-Request-Type"
WORTH_ZIPPING: Final = 1_400  # below one packet it gains nothing
ZIP_LEVEL: Final = 3  # a tenth of a millisecond for a page; more effort doubles that for a few per cent


@dataclass(frozen=True)
class Responder:
    """Makes responses."""

    settings: Settings
    templates: Templates
    secure_cookies: bool

    def gettext(self, locale: Locale) -> Callable[[str], str]:
        return translations(locale).gettext

    def respond(self, request: Request, viewer: Viewer, answer: Answer) -> Response:
        """The response for an answer; a page is rendered here, before the transaction ends."""
        match answer:
            case Page():
                response = self._page(request, viewer, answer)
            case Redirect():
                response = self._redirect(request, answer)
            case Content():
                response = Response(answer.body, status_code=answer.status, media_type=answer.media_type)
                _name(response, answer)
            case Streamed():
                response = stretch(request, answer)
                _name(response, answer)
            case _:
                response = Response(status_code=answer.status)
        for header, value in answer.headers.items():
            response.headers[header] = value
        return self.carry(response, answer.cookies)

    def carry(self, response: Response, cookies: Iterable[Cookie]) -> Response:
        """The response with these cookies; a later one of a name wins."""
        for cookie in cookies:
            self._cookie(response, cookie.name, cookie.value, cookie.max_age)
        return response

    def _page(self, request: Request, viewer: Viewer, answer: Page) -> Response:
        partial = request.headers.get("hx-request") == "true" and request.headers.get("hx-request-type") == "partial"
        template = answer.part if partial and answer.part else answer.template
        toasts = unquote(request.cookies.get(TOAST_COOKIE, "")).splitlines()
        page = answer.data.get("page")
        viewer = replace(viewer, locale=answer.locale or viewer.locale)
        chrome = chrome_for(
            viewer,
            settings=self.settings,
            gettext=self.gettext(viewer.locale),
            path=quote(request.url.path, safe="/:@!$&()*+,;=-._~"),
            toasts=toasts,
            sample=bool(getattr(page, "sample", False)),
        )
        given = {**answer.data, "chrome": chrome}
        body = self.templates.render(template, viewer.locale, given, whose=viewer.person_id)
        if any(form.problems for form in _forms_in(answer.data)):
            # The summary above a form names its fields as the page does, and the page draws them below it.
            body = self.templates.render(template, viewer.locale, given, whose=viewer.person_id)
        response = _html(request, body, answer.status)
        if toasts:
            self._cookie(response, TOAST_COOKIE, "", 0)
        return response

    def _redirect(self, request: Request, answer: Redirect) -> Response:
        to = answer.to if answer.to.startswith("/") and not answer.to.startswith(("//", "/\\")) else "/"
        if request.headers.get("hx-request") == "true":
            response = Response(status_code=200, headers={"HX-Redirect": to})
        else:
            response = Response(status_code=answer.status, headers={"Location": to})
        response.headers["Vary"] = VARY
        if toasts := [sentence for sentence in (answer.toast, answer.also) if sentence]:
            self._cookie(response, TOAST_COOKIE, quote("\n".join(toasts)), 60)
        return response

    def _cookie(self, response: Response, name: str, value: str, max_age: int) -> None:
        response.set_cookie(
            name,
            value,
            max_age=max_age,
            path="/",
            secure=self.secure_cookies or name.startswith("__Host-"),
            httponly=True,
            samesite="lax",
        )


def _name(response: Response, answer: Content | Streamed) -> None:
    """What the file is called where it is saved, and whether it may be shown instead."""
    if answer.filename is not None:
        kind = "inline" if answer.inline else "attachment"
        response.headers["Content-Disposition"] = f"{kind}; filename*=UTF-8''{quote(answer.filename)}"


def _forms_in(data: Mapping[str, Any]) -> Iterator[Submitted[Any]]:
    """The forms of a page, also where it has one for each of several things."""
    for given in data.values():
        for one in given.values() if isinstance(given, dict) else (given,):
            if isinstance(one, Submitted):
                yield one


def _html(request: Request, text: str, status: int) -> Response:
    """The page as bytes, compressed when the browser can. No secret of ours stands beside what a stranger typed."""
    body = text.encode()
    zipped = len(body) > WORTH_ZIPPING and "gzip" in request.headers.get("accept-encoding", "")
    response = Response(gzip.compress(body, ZIP_LEVEL, mtime=0) if zipped else body, status, media_type="text/html")
    response.headers["Vary"] = f"{VARY}, Accept-Encoding"
    if zipped:
        response.headers["Content-Encoding"] = "gzip"
    return response
