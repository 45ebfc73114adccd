"""What stands around every page: menu, user, brand, the marks of demo and sample content."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from app.access import Permission, may
from app.kit.i18n import Locale
from app.people.rules import Role, Viewer
from app.settings import Settings
from app.web.kit.taken_along import is_kept
from app.web.words.shared import N_


@dataclass(frozen=True)
class NavItem:
    """One place in the menu."""

    label: str
    href: str
    icon: str
    current: bool = False
    count: int = 0


@dataclass(frozen=True)
class Who:
    """The viewer as the masthead shows her."""

    signed_in: bool
    id: int
    name: str
    first_name: str
    organisation: str
    face: str


@dataclass(frozen=True)
class Chrome:
    """Everything around the page; the same for each. `kept`: a device keeps this page once it was opened."""

    viewer: Who
    nav: list[NavItem]
    menu: list[NavItem]
    brand_name: str
    brand_sub: str
    provider_name: str
    help_address: str
    demo: bool
    sample: bool
    locale: Locale
    path: str
    toasts: tuple[str, ...]
    kept: bool
    theme: str = ""


_LEARNING: Final = (
    (N_("Mijn traject"), "/traject", "route"),
    (N_("Opleiding"), "/opleiding", "book-open"),
    (N_("Praktijk"), "/groep", "hand"),
    (N_("Intervisie"), "/intervisie", "users"),
)
_COACHING: Final = ((N_("Vandaag"), "/coach", "inbox"),)
_MANAGING: Final = (
    (N_("Overzicht"), "/beheer", "layout-grid"),
    (N_("Mensen"), "/beheer/mensen", "users"),
    (N_("Groepen"), "/beheer/opleidingsgroepen", "book-open"),
    (N_("Praktijk"), "/beheer/praktijk", "hand"),
    (N_("Besluiten"), "/beheer/besluiten", "award"),
    (N_("Intervisie"), "/beheer/intervisie", "calendar"),
)
_PRACTICE: Final = ("coaches", "correcties", "groepen", "bewaren", "mensen")
"""Pages of an admin that belong to practice, by their second part; people only under the coach."""
_WRITING: Final = (N_("Opleidingen"), "/beheer/opleidingen", "book-open")
_AT_COURSES: Final = ("/beheer/opleiding-beginnen", "/beheer/opleiding-inlezen", "/beheer/cursus-schrijven")
"""Pages that belong to the courses and stand beside them."""
_CONTACT: Final = ((N_("Onze mensen"), "/organisatie", "users"),)


def chrome_for(
    viewer: Viewer, *, settings: Settings, gettext: Callable[[str], str], path: str, toasts: Iterable[str], sample: bool
) -> Chrome:
    """The chrome of one page for one viewer."""
    nav: list[tuple[str, str, str]] = []
    if viewer.is_admin:
        nav += _MANAGING
    else:
        if viewer.has(Role.COACH):
            nav += _COACHING
        if viewer.has(Role.PROFESSIONAL):
            nav += _LEARNING
        elif viewer.has(Role.COACH) or viewer.has(Role.FACILITATOR):
            nav.append(_LEARNING[3])
        if may(viewer, Permission.SEE_OWN_ORGANISATION):
            nav += _CONTACT
        if may(viewer, Permission.EDIT_CONTENT):
            nav.append(_WRITING)
    menu = [(N_("Mijn gegevens"), "/account", "user")]
    if viewer.has(Role.COACH):
        menu.append((N_("Mijn beschikbaarheid"), "/coach/beschikbaarheid", "calendar"))
    if viewer.is_admin:
        menu.append(_WRITING)
        menu.append((N_("Deelnemersgroepen"), "/beheer/groepen", "heart-handshake"))
        menu.append((N_("Post"), "/beheer/post", "mail"))
        if viewer.has(Role.PROFESSIONAL):
            menu.append(_LEARNING[0])
    best = max((href for _, href, _ in (*nav, *menu) if _under(path, href)), key=len, default="")
    return Chrome(
        viewer=Who(
            viewer.signed_in, viewer.person_id or 0, viewer.name, viewer.first_name, viewer.organisation, viewer.name
        ),
        nav=[NavItem(gettext(label), href, icon, current=href == best) for label, href, icon in nav],
        menu=[NavItem(gettext(label), href, icon, current=href == best) for label, href, icon in menu],
        brand_name=settings.brand_name,
        brand_sub=settings.brand_sub,
        provider_name=settings.provider_name,
        help_address=settings.help_address,
        demo=settings.demo,
        sample=sample,
        locale=viewer.locale,
        path=path,
        toasts=tuple(gettext(sentence) for sentence in toasts if sentence),
        kept=viewer.signed_in and is_kept(path),
    )


def _under(path: str, href: str) -> bool:
    if href == "/beheer/opleidingsgroepen" and path.split("/")[2:3] == ["scholingsdagen"]:
        return True
    if href == "/groep" and path.startswith("/praktijk"):
        return True
    if href == "/opleiding" and path.split("/")[1] in {"handboek", "zoeken", "scholingsdagen"}:
        return True
    if href == _WRITING[1] and path.startswith(_AT_COURSES):
        return True
    if href == "/beheer/praktijk":
        first, _, second = path.strip("/").partition("/")
        kind = second.partition("/")[0]
        if kind in _PRACTICE and first == ("coach" if kind == "mensen" else "beheer"):
            return True
    return path == href or path.startswith(href + "/")
