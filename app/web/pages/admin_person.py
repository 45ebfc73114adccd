"""One person as an admin sees her: details, roles, the way in."""

from __future__ import annotations

from typing import Any, Final

from app.access import Permission
from app.kit.errors import Refused
from app.people import inputs
from app.people.actions import accounts, second_factor
from app.people.listing import line_of
from app.people.rules import FACTOR_FOR_ADMIN
from app.reports.people import person_page
from app.web.kit.ask import Answer, Ask, Page, redirect, render
from app.web.kit.forms import Submitted
from app.web.kit.route import Area
from app.web.words.roles import HINTS, ROLES
from app.web.words.shared import N_
from app.web.words.stages import STAGES

area = Area()
NEW: Final = "admin_people/new.html"
PERSON: Final = "admin_people/person.html"


@area.get("/beheer/mensen/nieuw", policy=Permission.MANAGE, name="admin_person.new_form")
def new_form(ask: Ask) -> Answer:
    """Somebody who is not on any list."""
    return render(NEW, form=Submitted.blank(ask.viewer.locale))


@area.post("/beheer/mensen/nieuw", policy=Permission.MANAGE, name="admin_person.add")
def add(ask: Ask) -> Answer:
    """Write somebody down; inviting is a step of its own."""
    form = Submitted.read(inputs.PersonDetails, ask.form, ask.viewer.locale)
    if form.valid:
        given = form.given
        try:
            accounts.checked_address(ask.db, given.email, of_person=None)
        except Refused as refused:
            form.refuse(refused)
        else:
            employer = (
                accounts.ensure_organisation(ask.db, name=given.organisation, now=ask.now)
                if given.organisation
                else None
            )
            person_id = accounts.add_person(
                ask.db,
                by_id=ask.viewer.id,
                name=given.name,
                email=given.email,
                organisation_id=employer,
                phone=given.phone,
                now=ask.now,
            )
            return redirect(f"/beheer/mensen/{person_id}", toast=N_("Opgeschreven. Er is nog geen mail verstuurd."))
    return render(NEW, status=422, form=form)


@area.get("/beheer/mensen/{person:id}", policy=Permission.MANAGE, name="admin_person.show")
def show(ask: Ask, person: int) -> Answer:
    """Details, roles, invitations, and how far she is."""
    return _page(ask, person)


def _page(
    ask: Ask,
    person: int,
    *,
    form: Submitted[inputs.PersonDetails] | None = None,
    role_form: Submitted[inputs.RoleChange] | None = None,
    reset_form: Submitted[inputs.SecondFactorReset] | None = None,
    status: int = 200,
) -> Page:
    page = person_page(ask.db, ask.viewer, person, on=ask.today, now=ask.now)
    details: Submitted[Any] = Submitted.blank(
        ask.viewer.locale,
        name=page.person.name,
        email=page.person.email,
        phone=page.person.phone,
        organisation=page.person.organisation,
    )
    return render(
        PERSON,
        page,
        status=status,
        form=form or details,
        role_form=role_form or Submitted.blank(ask.viewer.locale),
        reset_form=reset_form or Submitted.blank(ask.viewer.locale),
        stage_words=STAGES,
        role_words=ROLES,
        role_hints=HINTS,
    )


@area.post("/beheer/mensen/{person:id}", policy=Permission.MANAGE, name="admin_person.change")
def change(ask: Ask, person: int) -> Answer:
    """Correct somebody's details. The address of an account is a way in: changing it asks for a fresh proof."""
    form = Submitted.read(inputs.PersonDetails, ask.form, ask.viewer.locale)
    if form.valid:
        known = line_of(ask.db, person)
        if known.has_account and known.email != form.given.email:
            ask.require_fresh_factor(FACTOR_FOR_ADMIN)
        try:
            accounts.change_person(ask.db, by=ask.viewer, person_id=person, given=form.given, now=ask.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(f"/beheer/mensen/{person}", toast=N_("De gegevens zijn bewaard."))
    return _page(ask, person, form=form, status=422)


@area.post("/beheer/mensen/{person:id}/rol", policy=Permission.MANAGE, name="admin_person.grant")
def grant(ask: Ask, person: int) -> Answer:
    """Give a role; whoever gets it signs in anew."""
    ask.require_fresh_factor(FACTOR_FOR_ADMIN)
    form = Submitted.read(inputs.RoleChange, ask.form, ask.viewer.locale)
    if form.valid:
        given = form.given
        try:
            accounts.grant_role(
                ask.db,
                by=ask.viewer,
                person_id=person,
                role=given.role,
                organisation_id=given.organisation_id,
                intervention=given.intervention,
                now=ask.now,
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(f"/beheer/mensen/{person}", toast=N_("De rol is gegeven."))
    return _page(ask, person, role_form=form, status=422)


@area.post("/beheer/mensen/{person:id}/rol/weg", policy=Permission.MANAGE, name="admin_person.revoke")
def revoke(ask: Ask, person: int) -> Answer:
    """Take a role away; her sessions end at once."""
    ask.require_fresh_factor(FACTOR_FOR_ADMIN)
    form = Submitted.read(inputs.RoleChange, ask.form, ask.viewer.locale)
    if not form.valid:
        return _page(ask, person, role_form=form, status=422)
    given = form.given
    try:
        accounts.revoke_role(
            ask.db,
            by=ask.viewer,
            person_id=person,
            role=given.role,
            organisation_id=given.organisation_id,
            intervention=given.intervention,
            now=ask.now,
        )
    except Refused as refused:
        return _page(ask, person, role_form=form.refuse(refused), status=422)
    return redirect(f"/beheer/mensen/{person}", toast=N_("De rol is weg."))


@area.post("/beheer/mensen/{person:id}/uitnodiging/weg", policy=Permission.MANAGE, name="admin_person.withdraw")
def withdraw(ask: Ask, person: int) -> Answer:
    """Every open link of hers stops working."""
    person_page(ask.db, ask.viewer, person, on=ask.today, now=ask.now)
    accounts.withdraw_invitations(ask.db, person_id=person, by_id=ask.viewer.id, now=ask.now)
    return redirect(f"/beheer/mensen/{person}", toast=N_("De uitnodiging is ingetrokken."))


@area.post("/beheer/mensen/{person:id}/uitloggen", policy=Permission.MANAGE, name="admin_person.sign_out")
def sign_out(ask: Ask, person: int) -> Answer:
    """End every session of somebody, for instance after a lost phone."""
    person_page(ask.db, ask.viewer, person, on=ask.today, now=ask.now)
    accounts.sign_out_everywhere(ask.db, by=ask.viewer, person_id=person, now=ask.now)
    return redirect(f"/beheer/mensen/{person}", toast=N_("Overal uitgelogd."))


@area.post("/beheer/mensen/{person:id}/app/weg", policy=Permission.MANAGE, name="admin_person.reset_second_factor")
def reset_second_factor(ask: Ask, person: int) -> Answer:
    """Somebody lost her phone and her codes: she sets up anew when she comes in."""
    ask.require_fresh_factor(FACTOR_FOR_ADMIN)
    form = Submitted.read(inputs.SecondFactorReset, ask.form, ask.viewer.locale)
    if not form.valid:
        return _page(ask, person, reset_form=form, status=422)
    second_factor.reset(ask.db, by=ask.viewer, person_id=person, reason=form.given.reason, now=ask.now)
    return redirect(f"/beheer/mensen/{person}", toast=N_("De app is losgemaakt, en overal uitgelogd."))
