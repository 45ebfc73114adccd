"""The certificate as its holder sees it: state, what keeps it valid, the PDF, what the public sees."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from app.access import Permission
from app.certification import issuing
from app.certification.documents import CertificatePage, certificate_page
from app.certification.inputs import NameChoice
from app.certification.paper.sheet import check_link
from app.kit.errors import NotFound
from app.web.kit.ask import Answer, Ask, Content, Page, invalid, redirect, render
from app.web.kit.forms import Submitted
from app.web.kit.route import Area
from app.web.words.looks import STATE_LOOKS
from app.web.words.shared import N_

area = Area()


@area.get("/certificaat/{certificate:id}", policy=Permission.SIGNED_IN, name="certificate.show")
def show(ask: Ask, certificate: int) -> Answer:
    page = certificate_page(ask.db, ask.viewer, certificate, on=ask.today)
    chosen = "name" if page.show_name else "initials"
    form: Submitted[NameChoice] = Submitted.blank(ask.viewer.locale, show=chosen)
    return render("certificate/page.html", page, form=form, **_around(ask, page))


@area.post("/certificaat/{certificate:id}/naam", policy=Permission.SIGNED_IN, name="certificate.choose_name")
def choose_name(ask: Ask, certificate: int) -> Answer:
    """The holder chooses what the public sees of her."""
    form = Submitted.read(NameChoice, ask.form, ask.viewer.locale)
    if not form.valid:
        return _again(ask, certificate, form)
    show_name = form.given.show == "name"
    issuing.choose_name(ask.db, by=ask.viewer, certificate_id=certificate, show_name=show_name, now=ask.now)
    toast = N_("Je naam is nu te zien.") if show_name else N_("Alleen je initialen zijn nog te zien.")
    return redirect(f"/certificaat/{certificate}", toast=toast)


@area.get(
    "/certificaat/{certificate:id}/pdf", policy=Permission.SIGNED_IN, name="certificate.pdf", own_transactions=True
)
def pdf(ask: Ask, certificate: int) -> Answer:
    """The A4 to print; no transaction waits for the store. Raises: NotFound while it is still being made."""
    with ask.services.database.reading() as db:
        page = certificate_page(db, ask.viewer, certificate, on=ask.today)
    if not page.pdf_key:
        raise NotFound
    try:
        body = ask.services.storage.get(page.pdf_key)
    except FileNotFoundError as gone:
        raise NotFound from gone
    return Content(body=body, media_type="application/pdf", filename=f"Certificaat {page.number}.pdf")


def _again(ask: Ask, certificate: int, form: Submitted[NameChoice]) -> Page:
    page = certificate_page(ask.db, ask.viewer, certificate, on=ask.today)
    return invalid("certificate/page.html", page, form=form, **_around(ask, page))


def _around(ask: Ask, page: CertificatePage) -> dict[str, Any]:
    return {
        "check_link": check_link(ask.services.settings.address, page.code),
        "check_path": check_link("", page.code),
        "seal": Markup(page.seal_svg),  # noqa: S704 - drawn by us when it was issued
        "look": STATE_LOOKS[page.standing.standing.state],
    }
