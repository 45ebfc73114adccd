"""The outbox as the admin sees it: what went out, what waits, what failed and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.access import Permission
from app.certification.queries import invitees
from app.intervision.queries.facts import RoundTitle
from app.intervision.queries.letters import NotInvited, ToCome, not_invited, to_come
from app.kit.errors import NotFound, Refused
from app.kit.ids import Keyring, new_nonce, read_id
from app.ledger import actions as ledger
from app.letters.desk import Desk, Letter, NotDue, write
from app.outbox import actions, queries
from app.outbox.queries import MessageRow
from app.outbox.rules import MessageState
from app.outbox.tables import Message
from app.people.listing import line_of
from app.people.queries import person_names
from app.web.kit.ask import Answer, Ask, redirect, render
from app.web.kit.route import Area
from app.web.words.meetings import HALF_WORDS
from app.web.words.post import KIND_WORDS, STATE_LOOKS, why
from app.web.words.shared import N_, StateLook

area = Area()
OLDER: Final = "voor"


@dataclass(frozen=True)
class PostLine:
    """One message in the list. `why` is the sentence, `detail` what the server or the machine said."""

    row: MessageRow
    what: str
    name: str
    look: StateLook
    why: str
    detail: str

    @property
    def tried_again(self) -> bool:
        return bool(self.detail) and self.row.state is MessageState.PLANNED


@dataclass(frozen=True)
class StateChip:
    """A filter with how many there are."""

    key: str
    word: str
    count: int
    current: bool


@dataclass(frozen=True)
class PostPage:
    """The list of messages."""

    lines: list[PostLine]
    chips: list[StateChip]
    total: int
    folder: str
    older: str
    filtered: bool


@dataclass(frozen=True)
class Missing:
    """A round for which somebody has no invitation, and why in words."""

    round: RoundTitle
    why: str


@dataclass(frozen=True)
class PersonPostPage:
    """Every mail to one person: what comes, what went, what did not and why."""

    person_id: int
    name: str
    lines: list[PostLine]
    coming: list[ToCome]
    missing: list[Missing]
    unreachable: bool
    older: str


@dataclass(frozen=True)
class MessagePage:
    """One message: what became of it, and how it reads now."""

    line: PostLine
    letter: Letter | None
    not_due: str
    masked: bool
    may_send_again: bool


@area.get("/beheer/post", policy=Permission.MANAGE, name="post.list")
def post(ask: Ask) -> Answer:
    """The newest messages, all or in one state."""
    wanted = ask.query.get("stand", "")
    which = MessageState(wanted) if wanted in set(MessageState) else None
    before = ask.query.get(OLDER, "")
    found, more = queries.rows(ask.db, which=which, before=read_id(before))
    counts = queries.counts(ask.db)
    names = person_names(ask.db, {row.person_id for row in found})
    settings = ask.services.settings
    older = f"/beheer/post?stand={wanted}&{OLDER}={found[-1].id}" if more else ""
    page = PostPage(
        lines=[_line(row, names) for row in found],
        chips=[
            StateChip(state.value, STATE_LOOKS[state].word, counts[state], current=state == which)
            for state in MessageState
        ],
        total=sum(counts.values()),
        folder="" if settings.smtp_host else str(settings.data_dir / "mail"),
        older=older,
        filtered=which is not None,
    )
    return render("post/list.html", page)


@area.get("/beheer/mensen/{person:id}/post", policy=Permission.MANAGE, name="post.of_person")
def of_person(ask: Ask, person: int) -> Answer:
    """Why somebody got a mail, or did not."""
    who = line_of(ask.db, person)
    found, more = queries.rows(ask.db, person_id=person, before=read_id(ask.query.get(OLDER, "")))
    page = PersonPostPage(
        person_id=person,
        name=who.name,
        lines=[_line(row, {person: who.name}) for row in found],
        coming=to_come(ask.db, person, now=ask.now),
        missing=[_missing(ask, person, one) for one in not_invited(ask.db, person, now=ask.now)],
        unreachable=not who.email,
        older=f"/beheer/mensen/{person}/post?{OLDER}={found[-1].id}" if more else "",
    )
    return render("post/person.html", page, kinds=KIND_WORDS, half=HALF_WORDS)


def _missing(ask: Ask, person_id: int, one: NotInvited) -> Missing:
    if person_id not in invitees(ask.db, one.round.intervention_id, ask.today).person_ids:
        return Missing(one.round, N_("Geen geldig certificaat voor deze interventie, dus geen uitnodiging."))
    if one.draft:
        return Missing(one.round, N_("De ronde staat nog in concept: er is nog niemand uitgenodigd."))
    return Missing(one.round, N_("Kwam erbij na de uitnodigingen. Nodig verder uit op de pagina van de ronde."))


@area.get("/beheer/post/{message:id}", policy=Permission.MANAGE, name="post.message")
def message(ask: Ask, message: int) -> Answer:
    """One message. Outside a demo its links and codes are made unusable: they belong to the receiver."""
    found = ask.db.get(Message, message)
    if found is None:
        raise NotFound
    settings = ask.services.settings
    keyring = ask.services.keyring if settings.demo else Keyring((new_nonce(),))
    letter, not_due = None, ""
    try:
        letter = write(ask.db, found, Desk(settings, keyring, ask.now))
    except NotDue as reason:
        not_due = reason.reason
    line = _line(queries.row_of(found), person_names(ask.db, {found.person_id}))
    page = MessagePage(
        line=line,
        letter=letter,
        not_due=not_due,
        masked=not settings.demo,
        may_send_again=line.row.state is MessageState.BOUNCED,
    )
    return render("post/message.html", page)


@area.post("/beheer/post/{message:id}/opnieuw", policy=Permission.MANAGE, name="post.again")
def send_again(ask: Ask, message: int) -> Answer:
    """Try a bounced message once more."""
    if not actions.send_again(ask.db, message_id=message, now=ask.now):
        raise Refused("not_bounced")
    ledger.record(ask.db, "outbox.sent_again", actor_id=ask.viewer.id, subject=("message", message), now=ask.now)
    return redirect(f"/beheer/post/{message}", toast=N_("We proberen het opnieuw."))


def _line(row: MessageRow, names: dict[int, str]) -> PostLine:
    look = STATE_LOOKS[row.state]
    return PostLine(row, KIND_WORDS.get(row.kind, row.kind), names.get(row.person_id, "–"), look, *why(row.reason))
