"""The template engine: one environment per language, strict about what it is given."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_eval_context, select_autoescape
from jinja2.nodes import EvalContext
from markupsafe import Markup

from app.kit.i18n import LOCALES, Locale, translations
from app.kit.naming import finds_in
from app.kit.text import first_name
from app.kit.written import date_filters
from app.web.kit import drawings
from app.web.kit.icons import icon
from app.web.kit.motifs import course_wall, meeting_wall, motif
from app.web.words.course_files import called, valued

OF_WHOM: Final[ContextVar[int | None]] = ContextVar("of_whom", default=None)
"""The person whose page is being made: macros get nothing that a page does not hand them."""
TEMPLATES: Final = Path(__file__).parent.parent.parent.parent / "templates"


@dataclass(frozen=True)
class Templates:
    """Renders templates in Dutch and English."""

    environments: dict[Locale, Environment]

    def render(self, template: str, locale: Locale, data: dict[str, Any], *, whose: int | None = None) -> str:
        """The text of a page. `whose`: the id of the person that it is made for; its forms are taken from her alone."""
        before = OF_WHOM.set(whose)
        try:
            return self.environments[locale].get_template(template).render(data)
        finally:
            OF_WHOM.reset(before)


class _Environment(Environment):
    """Globals that stay as they are: the chain that the engine would make is copied for each page, key by key."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return {**self.globals, **(d or {})}


def make_templates(static: Callable[[str], str], *, reload: bool = False, **more: Any) -> Templates:
    """Templates with `static(path)` for hashed addresses; `more` are further globals."""
    loader = FileSystemLoader(TEMPLATES)
    environments: dict[Locale, Environment] = {}
    for locale in LOCALES:
        environment = _Environment(
            loader=loader,
            undefined=StrictUndefined,
            autoescape=select_autoescape(("html",), default_for_string=True),
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=reload,
            cache_size=-1,
            extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        )
        catalogue = translations(locale)
        environment.install_gettext_callables(  # type: ignore[attr-defined]
            catalogue.gettext, catalogue.ngettext, newstyle=True, pgettext=catalogue.pgettext
        )
        say = _gettext(catalogue.gettext)
        environment.globals |= {"gettext": say, "_": say}
        environment.globals |= {"icon": icon, "static": static, "of_whom": OF_WHOM.get, **_drawings(), **more}
        environment.filters |= date_filters(locale) | {"first_name": first_name, "finds": finds_in}
        environment.filters |= {
            "called": partial(called, say=catalogue.gettext),
            "valued": partial(valued, say=catalogue.gettext),
        }
        environments[locale] = environment
    return Templates(environments)


def _gettext(translate: Callable[[str], str]) -> Callable[..., str]:
    """What the i18n extension would do, without its three calls and a formatting for each plain sentence.

    A list of fifty people says five hundred sentences: they took half the time of the page.
    """

    @lru_cache(maxsize=4_000)
    def said(text: str, marked: bool) -> str:  # noqa: FBT001 - part of the key
        return Markup(translate(text)) if marked else translate(text)  # noqa: S704 - sentences of our own catalogue

    @pass_eval_context
    def gettext(context: EvalContext, text: str, /, **variables: Any) -> str:
        sentence = said(text, bool(context.autoescape))
        return sentence % variables if variables or "%" in sentence else sentence

    return gettext


def _drawings() -> dict[str, Any]:
    names = ("face", "tile", "small", "wall", "brand_mark")
    walls = {"motif": motif, "course_wall": course_wall, "meeting_wall": meeting_wall}
    return {name: getattr(drawings, name) for name in names} | walls
