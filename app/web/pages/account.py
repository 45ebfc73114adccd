"""The own account: details, password, sessions, a copy of everything, and leaving."""

from __future__ import annotations

from typing import Any, Final

from app.access import Permission
from app.conversation import actions as conversation
from app.conversation.inputs import MailChosen
from app.conversation.queries import mail_choice
from app.kit.errors import Forbidden, NotFound, Refused
from app.kit.ids import digest
from app.kit.storage import pieces_of
from app.people import inputs, queries
from app.people.actions import accounts, own_data, passwords, sign_in
from app.people.rules import FACTOR_FOR_ADMIN
from app.web.kit.ask import Answer, Ask, Page, Redirect, Streamed, redirect, render
from app.web.kit.forms import Submitted
from app.web.kit.route import Area
from app.web.kit.sessions import session_cookie
from app.web.words.roles import ROLES
from app.web.words.shared import N_

area = Area()
TEMPLATE: Final = "account/account.html"
LEAVE: Final = "account/leave.html"


@area.get("/account", policy=Permission.SIGNED_IN, name="account.show")
def show(ask: Ask) -> Answer:
    """Everything about the own account on one page."""
    return _page(ask)


def _page(
    ask: Ask,
    *,
    details: Submitted[inputs.OwnDetails] | None = None,
    password: Submitted[inputs.NewPassword] | None = None,
    mail: Submitted[MailChosen] | None = None,
    status: int = 200,
) -> Page:
    if ask.session is None:
        with ask.services.database.reading() as db:
            page, chosen = queries.account_page(db, ask.viewer, now=ask.now), mail_choice(db, ask.viewer.id)
    else:
        page, chosen = queries.account_page(ask.db, ask.viewer, now=ask.now), mail_choice(ask.db, ask.viewer.id)
    blank: Submitted[Any] = Submitted.blank(ask.viewer.locale, name=page.name, phone=page.phone, language=page.locale)
    return render(
        TEMPLATE,
        page,
        status=status,
        form=details or blank,
        password=password or Submitted.blank(ask.viewer.locale),
        mail=mail or Submitted.blank(ask.viewer.locale, mail=chosen.value),
        role_words=ROLES,
        asks_second_factor=ask.services.settings.asks_second_factor,
    )


@area.post("/account", policy=Permission.SIGNED_IN, name="account.change")
def change(ask: Ask) -> Answer:
    """Correct the own name, phone and language."""
    form = Submitted.read(inputs.OwnDetails, ask.form, ask.viewer.locale)
    if not form.valid:
        return _page(ask, details=form, status=422)
    given = form.given
    accounts.change_own_details(
        ask.db, by=ask.viewer, name=given.name, phone=given.phone, locale=given.language, now=ask.now
    )
    return redirect("/account", toast=N_("Je gegevens zijn bewaard."))


@area.post("/account/berichten", policy=Permission.SIGNED_IN, name="account.mail")
def choose_mail(ask: Ask) -> Answer:
    """How to hear of new messages in a conversation."""
    form = Submitted.read(MailChosen, ask.form, ask.viewer.locale)
    if not form.valid:
        return _page(ask, mail=form, status=422)
    conversation.choose_mail(ask.db, by=ask.viewer, choice=form.given.mail, now=ask.now)
    return redirect("/account#berichten", toast=N_("Je keuze is bewaard."))


@area.post("/account/wachtwoord", policy=Permission.SIGNED_IN, name="account.password", own_transactions=True)
def set_password(ask: Ask) -> Answer:
    """Choose or change the password; other sessions end and this one goes on."""
    ask.require_fresh_factor(FACTOR_FOR_ADMIN)
    form = Submitted.read(inputs.NewPassword, ask.form, ask.viewer.locale)
    if not form.valid:
        return _page(ask, password=form, status=422)
    with ask.services.database.reading() as db:
        card = queries.cards(db, [ask.viewer.id])[ask.viewer.id]
    try:
        passwords.check_new_password(form.given.password, name=card.name, address=card.email)
    except Refused as refused:
        return _page(ask, password=form.refuse(refused), status=422)
    hashed = passwords.hash_password(form.given.password)
    try:
        with ask.services.database.writing() as db:
            passwords.set_password(
                db, person_id=ask.viewer.id, password_hash=hashed, now=ask.now, keep_session=ask.viewer.sign_in_id
            )
    except Forbidden:  # signed out from elsewhere in the meantime
        return redirect("/inloggen?next=/account")
    return redirect("/account", toast=N_("Je nieuwe wachtwoord werkt. Andere apparaten zijn uitgelogd."))


@area.post("/account/wachtwoord/weg", policy=Permission.SIGNED_IN, name="account.password_drop")
def drop_password(ask: Ask) -> Answer:
    """Go on without a password."""
    ask.require_fresh_factor(FACTOR_FOR_ADMIN)
    passwords.drop_password(ask.db, person_id=ask.viewer.id, now=ask.now, keep_session=ask.viewer.sign_in_id)
    return redirect("/account", toast=N_("Je logt voortaan in met een code per mail."))


@area.post("/account/sessies/{session:id}/uit", policy=Permission.SIGNED_IN, name="account.session_end")
def end_session(ask: Ask, session: int) -> Answer:
    """End one of the own sessions."""
    if not sign_in.end_session(ask.db, person_id=ask.viewer.id, sign_in_id=session, now=ask.now):
        raise NotFound
    return redirect("/account", toast=N_("Dat apparaat is uitgelogd."))


@area.post("/account/sessies/andere", policy=Permission.SIGNED_IN, name="account.sessions_others")
def end_others(ask: Ask) -> Answer:
    """End every session but this one."""
    sign_in.revoke_all(ask.db, person_id=ask.viewer.id, now=ask.now, keep=ask.viewer.sign_in_id)
    return redirect("/account", toast=N_("Alle andere apparaten zijn uitgelogd."))


@area.post("/account/sessies/alle", policy=Permission.SIGNED_IN, name="account.sessions_all")
def end_all(ask: Ask) -> Answer:
    """Sign out everywhere, here too."""
    sign_in.revoke_all(ask.db, person_id=ask.viewer.id, now=ask.now)
    return Redirect(
        status=303,
        to="/inloggen",
        headers={"Clear-Site-Data": '"cache", "cookies"'},
        cookies=[session_cookie(ask.services.settings, "")],
    )


@area.post("/account/gegevens", policy=Permission.SIGNED_IN, name="account.export")
def ask_export(ask: Ask) -> Answer:
    """Ask for a copy of everything."""
    ask.require_fresh_factor(FACTOR_FOR_ADMIN)
    try:
        own_data.ask_export(ask.db, by=ask.viewer, now=ask.now)
    except Refused:
        return redirect("/account", toast=N_("Je gegevens worden al klaargezet. Kijk zo nog een keer."))
    return redirect("/account", toast=N_("We zetten je gegevens klaar. Dat duurt meestal een minuut."))


@area.get("/account/gegevens/{export:id}", policy=Permission.SIGNED_IN, name="account.download", own_transactions=True)
def download(ask: Ask, export: int) -> Answer:
    """The copy, for 48 hours, piece by piece: there may be films in it. Who was cut off goes on where it stopped."""
    ask.require_fresh_factor(FACTOR_FOR_ADMIN)
    storage = ask.services.storage
    with ask.services.database.reading() as db:
        key = queries.own_export(db, ask.viewer, export, now=ask.now)
    try:
        size = storage.size(key)
    except FileNotFoundError as gone:
        raise NotFound from gone
    return Streamed(
        size=size,
        pieces=lambda start, end: pieces_of(storage, key, start, end),
        tag=digest(key),
        media_type="application/zip",
        filename="mijn-gegevens.zip",
    )


@area.get("/account/weg", policy=Permission.SIGNED_IN, name="account.leave_form")
def leave_form(ask: Ask) -> Answer:
    """What goes and what stays."""
    ask.require_fresh_factor(FACTOR_FOR_ADMIN)
    return render(LEAVE, queries.account_page(ask.db, ask.viewer, now=ask.now), form=Submitted.blank(ask.viewer.locale))


@area.post("/account/weg", policy=Permission.SIGNED_IN, name="account.leave")
def leave(ask: Ask) -> Answer:
    """Close the account at once; a job forgets the rest."""
    ask.require_fresh_factor(FACTOR_FOR_ADMIN)
    form = Submitted.read(inputs.Leaving, ask.form, ask.viewer.locale)
    if not form.valid or not form.given.sure:
        form.add("sure", "erase_not_confirmed")
        return render(LEAVE, queries.account_page(ask.db, ask.viewer, now=ask.now), status=422, form=form)
    own_data.ask_erasure(ask.db, by=ask.viewer, now=ask.now)
    return Redirect(status=303, to="/account/weg/klaar", cookies=[session_cookie(ask.services.settings, "")])


@area.get("/account/weg/klaar", policy=Permission.PUBLIC, name="account.left")
def left(_ask: Ask) -> Answer:
    """What somebody reads who just left; it knows nobody, so everybody may read it."""
    return render("account/left.html")
