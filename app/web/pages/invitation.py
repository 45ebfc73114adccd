"""The link in an invitation: looking at it changes nothing, the button lets somebody in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy.orm import Session

from app.access import Permission, home_of
from app.courses import queries as courses
from app.courses.actions import cohorts
from app.kit.errors import Refused
from app.people import inputs
from app.people.actions import codes, invitations, limits, sign_in
from app.people.actions.accounts import roles_of
from app.people.actions.limits import Limit
from app.people.rules import InvitationFacts, learns
from app.web.kit.ask import Answer, Ask, Redirect, redirect, render
from app.web.kit.devices import browser_cookie, browser_of, device_of
from app.web.kit.entrance import let_in, limits_for, try_code
from app.web.kit.forms import Submitted
from app.web.kit.route import Area
from app.web.kit.sessions import session_cookie_name

area = Area()
TEMPLATE: Final = "people/invitation.html"
OVER: Final = "people/invitation_over.html"
DAY: Final = timedelta(days=1)
STATUSES: Final = {"invitation_unknown": 404, "invitation_expired": 410, "invitation_used": 410}


@dataclass(frozen=True)
class InvitationPage:
    """An invitation as its link shows it. `step`: accept (one button), ask_code, or type_code."""

    token: str
    first_name: str
    invited_by: str
    organisation: str
    learns: bool
    course: str
    starts_on: date | None
    step: str
    signed_in_as: str


@dataclass(frozen=True)
class OverPage:
    """A link that lets nobody in (any more): `why` is unknown, expired, used or sent."""

    token: str
    why: str


@area.get("/uitnodiging/{token:token}", policy=Permission.PUBLIC, name="invitation.show")
def show(ask: Ask, token: str) -> Answer:
    """Who invites, to what, and what the employer will see."""
    if ask.query.get("nieuw") == "1":
        return render(OVER, OverPage(token, "sent"))
    try:
        facts = invitations.open_invitation(ask.db, token=token, now=ask.now)
    except Refused as refused:
        return _over(ask, token, refused, invitations.invited_person(ask.db, token=token))
    page = _page(ask, ask.db, token, facts, typed=ask.query.get("code") == "1")
    return render(TEMPLATE, page, form=Submitted.blank(ask.viewer.locale))


@area.post("/uitnodiging/{token:token}", policy=Permission.PUBLIC, name="invitation.accept", own_transactions=True)
def accept(ask: Ask, token: str) -> Answer:
    """Open the account, begin a session, confirm what the invitation was for, and go to the first page."""
    form = Submitted.read(inputs.Acceptance, ask.form, ask.viewer.locale)
    with ask.services.database.reading() as db:
        try:
            facts = invitations.open_invitation(db, token=token, now=ask.now)
        except Refused as refused:
            return _over(ask, token, refused, invitations.invited_person(db, token=token))
        page = _page(ask, db, token, facts, typed=True)
    if not form.valid:
        return render(TEMPLATE, page, status=422, form=form)
    try:
        if _must_prove(ask, facts):
            _prove(ask, form.given.code, facts)
        session_token = _enter(ask, token)
    except Refused as refused:
        if refused.code in STATUSES:
            return _over(ask, token, refused, facts.person_id)
        status = 429 if refused.code == "too_many_tries" else 422
        return render(TEMPLATE, page, status=status, form=form.refuse(refused))
    return let_in(ask, person_id=facts.person_id, session_token=session_token, to="")


@area.post("/uitnodiging/{token:token}/code", policy=Permission.PUBLIC, name="invitation.code", own_transactions=True)
def ask_code(ask: Ask, token: str) -> Answer:
    """Mail a code to the address of the invitation: the link was opened in a browser we do not know."""
    browser = browser_cookie(ask.request)
    with ask.services.database.writing() as db:
        try:
            facts = invitations.open_invitation(db, token=token, now=ask.now)
        except Refused as refused:
            return _over(ask, token, refused, invitations.invited_person(db, token=token))
        asked = limits_for(ask, "code", facts.email, known=8, near=4, far=20)
        refused_often = limits.refusal(db, *asked, now=ask.now)
        if refused_often is None:
            codes.mail_code(db, person_id=facts.person_id, browser=browser.value, now=ask.now)
        page = _page(ask, db, token, facts, typed=False)
    if refused_often is not None:
        form: Submitted[inputs.Acceptance] = Submitted.blank(ask.viewer.locale)
        return render(TEMPLATE, page, status=429, form=form.refuse(refused_often))
    return Redirect(status=303, to=f"/uitnodiging/{token}?code=1", cookies=[browser])


@area.post(
    "/uitnodiging/{token:token}/opnieuw", policy=Permission.PUBLIC, name="invitation.renew", own_transactions=True
)
def renew(ask: Ask, token: str) -> Answer:
    """Mail a fresh link to the same address, at most three a day."""
    with ask.services.database.writing() as db:
        person_id = invitations.invited_person(db, token=token)
        refused = limits.refusal(db, Limit(f"renew|{person_id}", 3, DAY), now=ask.now)
        if refused is None:
            try:
                invitations.renew_invitation(db, token=token, keyring=ask.services.keyring, now=ask.now)
            except Refused as over:
                return _over(ask, token, over, person_id)
    if refused is not None:
        raise refused
    return redirect(f"/uitnodiging/{token}?nieuw=1")


def _must_prove(ask: Ask, facts: InvitationFacts) -> bool:
    return facts.has_account and ask.viewer.person_id != facts.person_id


def _prove(ask: Ask, code: str, facts: InvitationFacts) -> None:
    """Raises: Refused unless the code proves the mailbox of the person invited."""
    if not code:
        raise Refused("mailbox_proof_needed", "code")
    found = try_code(ask, code)
    if isinstance(found, Refused):
        raise found
    with ask.services.database.writing() as db:
        used = found == facts.person_id and codes.use_code(
            db, browser=browser_of(ask.request), person_id=found, now=ask.now
        )
    if not used:
        raise Refused("code_wrong", "code")


def _enter(ask: Ask, token: str) -> str:
    """Accept in one transaction; gives the token of the new session. Raises: Refused."""
    with ask.services.database.writing() as db:
        old = ask.request.cookies.get(session_cookie_name(ask.services.settings))
        if old:
            sign_in.end_session_of_token(db, token=old, now=ask.now)
        person_id, session_token = invitations.accept_invitation(
            db, token=token, now=ask.now, device=device_of(ask.request), proved=True
        )
        cohorts.confirm_enrolments(db, person_id=person_id, now=ask.now)
    return session_token


def _page(ask: Ask, db: Session, token: str, facts: InvitationFacts, *, typed: bool) -> InvitationPage:
    enrolment = courses.current_enrolment(db, facts.person_id)
    step = "accept"
    if _must_prove(ask, facts):
        step = "type_code" if typed else "ask_code"
    return InvitationPage(
        token=token,
        first_name=facts.first_name,
        invited_by=facts.invited_by,
        organisation=facts.organisation,
        learns=enrolment is not None or learns(roles_of(db, facts.person_id)),
        course=enrolment.course_title if enrolment else "",
        starts_on=enrolment.starts_on if enrolment else None,
        step=step,
        signed_in_as=ask.viewer.name if ask.viewer.person_id not in {None, facts.person_id} else "",
    )


def _over(ask: Ask, token: str, refused: Refused, person_id: int | None) -> Answer:
    """A link that does not work (any more). Its owner, when she is in already, just goes on."""
    if refused.code == "invitation_used" and person_id is not None and ask.viewer.person_id == person_id:
        return redirect(home_of(ask.viewer))
    page = OverPage(token, refused.code.removeprefix("invitation_"))
    return render(OVER, page, status=STATUSES.get(refused.code, 404))
