"""Signing: what will be signed, the decision, and the proof of who signs, all on one page."""

from __future__ import annotations

from typing import Any, Final

from app.access import Permission
from app.kit.errors import FreshFactorNeeded, Refused
from app.people.rules import FACTOR_FOR_SIGN_OFF, fresh_factor
from app.practice import inputs
from app.practice.actions import assessing
from app.practice.basis import Basis
from app.practice.observation_page import ObservationPage, observation_page
from app.practice.rules.forms import signature_gaps
from app.web.kit.ask import Answer, Ask, Page, redirect, render
from app.web.kit.forms import Submitted
from app.web.kit.route import Area
from app.web.kit.second_step import prove_on_page
from app.web.words.shared import N_

CHANGED: Final = "evidence_changed"
area = Area()
Form = Submitted[Any]


@area.get("/coach/{record:id}/aftekenen", policy=Permission.COACH, name="coach.review", snapshot=True)
def review(ask: Ask, record: int) -> Answer:
    """What will be signed, read at one moment: what is shown and its digest belong together."""
    page = observation_page(ask.db, ask.viewer, record, now=ask.now)
    if page.basis is None:
        return redirect(f"/coach/{record}")
    blank: Form = Submitted.blank(
        ask.viewer.locale,
        decision=page.suggested.value,
        version=page.version,
        submission_id=page.submission_id,
        basis=page.basis.digest,
    )
    return _show(ask, page, blank, status=200)


@area.post("/coach/{record:id}/aftekenen", policy=Permission.COACH, name="coach.sign", first=prove_on_page)
def sign(ask: Ask, record: int) -> Answer:
    """Sign. The six digits that came along were looked at before: right or wrong, nothing typed is lost.

    Whatever was wrong, the page that comes back shows what lies there now; when that is something else than before,
    it says so.
    """
    form = Submitted.read(inputs.SignatureWithProof, ask.form, ask.viewer.locale)
    if isinstance(ask.prepared, Refused):
        form.refuse(ask.prepared)
    elif _wants_code(ask):
        form.add("code", "app_code_missing")
    if form.valid:
        try:
            assessing.sign(ask.db, by=ask.viewer, record_id=record, given=form.given, now=ask.now)
        except Refused as refused:
            if refused.code != CHANGED:
                if refused.field is None:  # about what is signed, not about what was typed: the page has changed
                    raise
                form.refuse(refused)
        else:
            return redirect(f"/coach/{record}", toast=N_("Vastgelegd. Het bericht is onderweg."))
    page = observation_page(ask.db, ask.viewer, record, now=ask.now)
    if page.basis is None:
        return redirect(f"/coach/{record}")
    _note_signature_gaps(form, page)
    return _show(ask, page, form, status=409 if _laid_before(form, page.basis) else 422)


def _laid_before(form: Form, basis: Basis) -> bool:
    """Whether what lies there is not what she had before her: then she looks, and says anew that she did."""
    if form.get("basis") == basis.digest:
        return False
    form.add("", CHANGED)
    form.raw["basis"] = [basis.digest]
    form.raw.pop("seen", None)
    return True


def _wants_code(ask: Ask) -> bool:
    """Whether the proof has grown old and is asked for on this page. Raises: FreshFactorNeeded for who has no app."""
    if fresh_factor(ask.viewer, max_age=FACTOR_FOR_SIGN_OFF, now=ask.now):
        return False
    if not ask.viewer.second_factor:
        raise FreshFactorNeeded
    return True


def _show(ask: Ask, page: ObservationPage, form: Form, *, status: int) -> Page:
    asks_code = ask.viewer.second_factor and not fresh_factor(ask.viewer, max_age=FACTOR_FOR_SIGN_OFF, now=ask.now)
    return render("coach/sign.html", page, status=status, form=form, asks_code=asks_code, today=ask.today)


def _note_signature_gaps(form: Form, page: ObservationPage) -> None:
    """The rest of what is missing, also when the form was not right for another reason."""
    chosen = next((one for one in page.decisions if one.value == form.get("decision")), None)
    if chosen is None:
        return
    reason, by_when = form.get("reason").strip(), form.get("by_when").strip()
    for gap in signature_gaps(chosen, page.suggested, reason=reason, by_when=by_when):
        if form.error(gap.field) is None:
            form.add(gap.field, gap.code)
