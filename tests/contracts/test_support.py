"""What the tests stand on does what it promises."""

from __future__ import annotations

import smtplib
from email.message import EmailMessage
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from tests.support.chromium import visitor

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from app.kit.db import Database
    from tests.support.smtp import SmtpSink


def _send(sink: SmtpSink, *to: str) -> None:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = "Dag Zoë", "academie@demo.example", ", ".join(to)
    message.set_content("Fijn dat je er bent.\n")
    with smtplib.SMTP("127.0.0.1", sink.port, timeout=5) as client:
        client.send_message(message)


def test_mail_arrives_with_its_words(mail: SmtpSink) -> None:
    _send(mail, "noor@demo.example")
    [received] = mail.to("noor@demo.example")
    assert (received.subject, received.text) == ("Dag Zoë", "Fijn dat je er bent.\n")


def test_mail_server_refuses_when_told(mail: SmtpSink) -> None:
    mail.refuse("550 no such person", only="weg@demo.example")
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        _send(mail, "weg@demo.example")
    mail.refuse()
    with pytest.raises(smtplib.SMTPDataError):
        _send(mail, "noor@demo.example")
    mail.accept()
    _send(mail, "weg@demo.example")
    assert len(mail.received) == 1


def test_mail_server_goes_down_and_comes_back_on_its_port(mail: SmtpSink) -> None:
    port = mail.port
    mail.go_down()
    with pytest.raises(ConnectionRefusedError):
        _send(mail, "noor@demo.example")
    mail.come_back()
    _send(mail, "noor@demo.example")
    assert mail.port == port
    assert len(mail.received) == 1


def test_every_test_gets_a_database_of_its_own(database: Database) -> None:
    with database.writing() as db:
        db.execute(text("CREATE TABLE mark (n INTEGER)"))
    with database.reading() as db:
        assert db.execute(text("SELECT count(*) FROM mark")).scalar_one() == 0


def test_browser_shows_a_page_and_finds_nothing_outside(browser: Browser) -> None:
    with visitor(browser, base_url="http://127.0.0.1", phone=True) as context:
        page = context.new_page()
        page.set_content("<!doctype html><title>t</title><h1>Dag</h1>")
        assert page.get_by_role("heading").inner_text() == "Dag"
        with pytest.raises(Exception, match="ERR_NAME_NOT_RESOLVED"):
            page.goto("http://somewhere.example/")
