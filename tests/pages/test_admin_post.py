"""/beheer/post: what became of each mail, for admins only."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import update

from app.outbox.tables import Message
from app.people.actions.invitations import create_invitation
from app.people.tables import Invitation
from app.web.words.post import why
from tests.page import Site, make_test_parts
from tests.people import Cast, make_cast, make_person


@pytest.fixture
def cast(site: Site) -> Cast:
    with site.parts.database.writing() as db:
        return make_cast(db, now=site.parts.clock.now())


def invite(site: Site, cast: Cast) -> int:
    """Mail somebody an invitation; gives the message."""
    from app.outbox.actions import post

    now = site.parts.clock.now()
    with site.parts.database.writing() as db:
        person_id = make_person(db, "Wim Alders", now=now, account=False)
        invitation_id = create_invitation(
            db, person_id=person_id, by_id=cast.fatma.id, keyring=site.parts.keyring, now=now
        )
        assert db.get(Invitation, invitation_id) is not None
        return post(
            db,
            "people.invitation",
            person_id=person_id,
            key=f"people.invitation:{invitation_id}",
            now=now,
            data={"invitation_id": invitation_id},
            own_text="Kom erbij.",
            reply_to_id=cast.fatma.id,
        )


def test_the_admin_sees_a_mail_as_it_will_go_out(site: Site, cast: Cast) -> None:
    message_id = invite(site, cast)
    visitor = site.visitor(cast.fatma.id)
    assert "Wim Alders" in visitor.get("/beheer/post").text
    text = visitor.get(f"/beheer/post/{message_id}").text
    assert "Kom erbij." in text
    assert "/uitnodiging/" in text


def test_an_empty_outbox_says_so(site: Site) -> None:
    with site.parts.database.writing() as db:
        cast = make_cast(db, now=site.parts.clock.now())
    with site.parts.database.writing() as db:
        assert db.query(Message).count() == 0
    assert "Nog geen mail" in site.visitor(cast.fatma.id).get("/beheer/post").text


@pytest.mark.parametrize(
    ("told", "sentence", "detail"),
    [
        ("ConnectionRefusedError", "De mailserver antwoordt niet.", "ConnectionRefusedError"),
        ("De mailserver nam het niet aan: TimeoutError", "De mailserver antwoordt niet.", "TimeoutError"),
        ("SMTPServerDisconnected", "De mailserver antwoordt niet.", "SMTPServerDisconnected"),
        ("gaierror", "De mailserver antwoordt niet.", "gaierror"),
        (
            "SSLCertVerificationError",
            "De beveiligde verbinding met de mailserver lukt niet.",
            "SSLCertVerificationError",
        ),
        ("535 5.7.8 no", "De mailserver laat ons niet binnen. Vraag je technisch beheerder.", "535 5.7.8 no"),
        ("550 5.1.1 User unknown", "Dit adres bestaat niet, of neemt geen mail aan.", "550 5.1.1 User unknown"),
        ("552 5.2.2 Full", "De mailbox van deze persoon is vol.", "552 5.2.2 Full"),
        ("421 later", "De mailserver kan de mail nu niet aannemen.", "421 later"),
        ("554 spam", "De mailserver weigert deze mail.", "554 spam"),
        ("De uitnodiging is ingetrokken.", "De uitnodiging is ingetrokken.", ""),
        ("", "", ""),
    ],
)
def test_a_reason_is_a_sentence(told: str, sentence: str, detail: str) -> None:
    assert why(told) == (sentence, detail)


def test_trouble_on_the_way_is_told_in_words(site: Site, cast: Cast) -> None:
    invite(site, cast)
    with site.parts.database.writing() as db:
        db.execute(update(Message).values(last_error="ConnectionRefusedError"))
    fatma = site.visitor(cast.fatma.id)
    page = fatma.get("/beheer/post").text
    assert "De mailserver antwoordt niet. We proberen het opnieuw." in page
    assert '<small class="muted">ConnectionRefusedError</small>' in page


def test_a_filter_with_nothing_in_it_leads_back(site: Site, cast: Cast) -> None:
    invite(site, cast)
    assert "Laat alles zien" in site.visitor(cast.fatma.id).get("/beheer/post?stand=bounced").text


@pytest.mark.parametrize("path", ["/beheer/post", "/beheer/post/1"])
def test_others_do_not_see_it(site: Site, cast: Cast, path: str) -> None:
    invite(site, cast)
    assert site.stranger().get(path, status=303).headers["location"].startswith("/inloggen")
    for person in (cast.noor, cast.ruben, cast.sanne):
        site.visitor(person.id).get(path, status=403)


def test_a_mail_that_does_not_exist_is_404(site: Site, cast: Cast) -> None:
    site.visitor(cast.fatma.id).get("/beheer/post/999", status=404)


def test_a_bounced_mail_is_sent_again_once(site: Site, cast: Cast) -> None:
    message_id = invite(site, cast)
    visitor = site.visitor(cast.fatma.id)
    visitor.post(f"/beheer/post/{message_id}/opnieuw", status=409)
    with site.parts.database.writing() as db:
        db.execute(update(Message).values(bounced_at=site.parts.clock.now(), last_error="550 onbekend"))
    assert "550 onbekend" in visitor.get(f"/beheer/post/{message_id}").text
    visitor.post(f"/beheer/post/{message_id}/opnieuw")
    with site.parts.database.reading() as db:
        assert db.get_one(Message, message_id).bounced_at is None


def test_outside_a_demo_the_links_in_a_preview_do_not_work(site: Site, cast: Cast) -> None:
    message_id = invite(site, cast)
    parts = make_test_parts(
        site.parts.database,
        site.parts.settings.data_dir,
        site.parts.clock,
        environment="production",
        secret=site.parts.keyring.keys[0] + "-for-this-test-only",
    )
    real = Site(parts)
    text = real.visitor(cast.fatma.id).get(f"/beheer/post/{message_id}").text
    shown = re.findall(r"/uitnodiging/([\w-]+)", text)
    assert shown
    assert all(token != site.parts.keyring.mailed_token("invitation", nonce_of(site)) for token in shown)
    assert "werken niet" in text


def nonce_of(site: Site) -> str:
    with site.parts.database.reading() as db:
        return db.query(Invitation).order_by(Invitation.id.desc()).first().nonce  # type: ignore[union-attr]
