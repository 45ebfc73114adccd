"""What the matrix sends: for each parameter of a path the thing it names, for each form a valid filling-in."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from tests.authz.checks import AT_CHECK
from tests.authz.days import AT_DAYS
from tests.authz.meetings import AT_MEETINGS, LOOK_OR_SEND
from tests.authz.shapes import AT_SHAPE
from tests.authz.steps import picture
from tests.authz.trying import Try, day_of, says
from tests.seeking import REQUEST, SEARCH

if TYPE_CHECKING:
    from tests.authz.world import World

GROUP_DAYS: Final = (-7, 7, 14, 21)
"""Noor's group meets on these days from now: once a week, and it has begun."""
ONLY_A_BUTTON: Final = (
    "intervision.remove",
    "wanted.stop",
    "wanted.admin_stop",
    "cohorts.withdraw",
    "case_room.withdraw",
)
MISSING_ID: Final = 9_007_199_254_740_000
MISSING: Final = {
    "": "ZZZZZZZZZZZZZZZZZZZ",
    "id": str(MISSING_ID),
    "slug": "bestaat-niet",
    "token": "x" * 43,
    "file": "bestaat-niet.webp",
}
"""By kind of parameter, a value that names nothing."""


def path_of(path: str, name: str, world: World) -> str:
    """The path of a route with Noor's things filled in. Raises: KeyError for a parameter without a thing."""
    others = TRIES.get(name, Try()).path

    def thing(parameter: str) -> str:
        return str(world.things[others.get(parameter, THINGS[parameter])])

    return fill(path, lambda parameter, kind: thing(parameter))  # noqa: ARG005


def missing_path(path: str) -> str:
    """The same path with things that do not exist."""
    return fill(path, lambda parameter, kind: MISSING[kind])  # noqa: ARG005


def fill(path: str, value: Callable[[str, str], str]) -> str:
    """Replace each {name:kind}."""
    return re.sub(r"\{(\w+):?(\w*)\}", lambda found: value(found[1], found[2]), path)


THINGS: Final = {
    # parameter of a path: the thing of the world that it names
    "absence": "absence",
    "answer": "open_answer",
    "block": "reflection",
    "case": "case",
    "certificate": "certificate",
    "coach": "coach",
    "code": "code",
    "cohort": "cohort",
    "correction": "correction",
    "course": "course",
    "date": "date",
    "day": "day",
    "edition": "edition",
    "enrolment": "enrolment",
    "export": "export",
    "feed": "feed",
    "file": "draft_file",
    "group": "ended_group",
    "intake": "intake",
    "handover": "handover",
    "lesson": "lesson",
    "letter": "letter",
    "meeting": "meeting",
    "module": "module",
    "message": "message",
    "name": "image",
    "note": "note",
    "number": "attempt",
    "person": "person",
    "photo": "photo",
    "place": "held_signup",
    "question": "draft_question",
    "quiz": "quiz",
    "record": "record",
    "round": "round",
    "said": "said",
    "search": "search",
    "session": "session",
    "sign_off": "sign_off",
    "task": "update_task",
    "token": "invitation_token",
    "upload": "upload",
    "version": "meeting_version",
    "wanted": "wanted",
}


def _cohort(world: World) -> dict[str, Any]:
    named = {"edition_id": world.things["edition"], "contact_id": world.people["fatma"], "name": "Nieuwe groep"}
    return named | {"starts_on": day_of(world, 5), "ends_on": day_of(world, 100), "seats": "10"}


def _group(world: World) -> dict[str, Any]:
    """Another place; the dates stay, since the coach comes to some of them."""
    named = {"group_id": world.things["group"], "version": world.things["group_version"]}
    given = named | {"place": "Buurthuis", "address": "Plein 9", "municipality": "Rotterdam", "rows": "4"}
    for number, (date_id, ahead) in enumerate(zip(world.things["dates"], GROUP_DAYS, strict=True), start=1):
        given |= {f"id_{number}": date_id, f"kind_{number}": "session", f"day_{number}": day_of(world, ahead)}
        given |= {f"starts_{number}": "13:30", f"ends_{number}": "15:30"}
    return given


def _request(world: World) -> dict[str, Any]:
    named = {"version": world.things["wanted_version"], "intervention_id": world.things["own_intervention"]}
    return REQUEST | named


def _answers(world: World) -> dict[str, Any]:
    return {name: [str(one) for one in chosen] for name, chosen in world.things["answers"].items()}


def _own_letter(world: World) -> dict[str, Any]:
    """To Noor, whoever sends it."""
    words = {"subject": "Hoe gaat het, {voornaam}?", "own_text": "Laat het me weten.", "do": "send"}
    return words | {"to": str(world.things["enrolment"])}


def _agreement(world: World) -> dict[str, Any]:
    return {"sign_off_id": world.things["sign_off"], "number": "1", "kept": "yes"}


def _signature(world: World) -> dict[str, Any]:
    named = {name: world.things[name] for name in ("version", "basis")}
    return (
        named
        | {"submission_id": world.things["submission"]}
        | {"decision": "signed_off", "seen": "on", "reason": "Mooi werk."}
    )


def _from_phone(world: World) -> dict[str, Any]:
    """Ruben's draft, from his phone; whoever sends it."""
    named = {"person": world.people["ruben"], "device": "telefoon-van-ruben", "version": world.things["version"]}
    return named | {"number": "1", "attempt": "1", "strong_1": "Rust"}


def _handover(world: World) -> dict[str, Any]:
    """Ruben's only person goes to Els for good."""
    return {"reason": "ill", "how": "good", "do": "send", f"to_{world.things['enrolment']}": world.people["els"]}


def _upload(world: World) -> dict[str, Any]:
    return {"photo": ("werk.jpg", picture(200, "JPEG"), "image/jpeg")}


TUS: Final = {"tus-resumable": "1.0.0"}
CODE: Final = says(code="000000")
SIGNED: Final = {"record": "signed_record"}
OWN_RECORD: Final = {"record": "own_record"}
NEWCOMER: Final = {"enrolment": "new_enrolment"}
LENDER: Final = {"coach": "lender"}
CANDIDATE: Final = {"enrolment": "candidate"}
UPDATED: Final = {"lesson": "small_lesson", "session": "small_script"}
NEWEST: Final = {"course": "small_course", "number": "newest"}
NEWER: Final = {"course": "small_course", "number": "newer"}
ROOM: Final = says(people_max="8", visits_per_week="2", regions="Rotterdam", version="")

TRIES: Final[dict[str, Try]] = {
    # the door
    "sign_in.password": Try(form=says(email="noor@demo.example", password="een-verkeerd-wachtwoord")),
    "sign_in.ask_code": Try(form=says(email="noor@demo.example")),
    "sign_in.code": Try(form=CODE),
    "sign_in.out": Try(),
    "confirm.password": Try(form=says(password="een-verkeerd-wachtwoord", next="/account")),
    "confirm.ask_code": Try(form=says(next="/account")),
    "confirm.code": Try(form=CODE),
    "confirm.app": Try(form=CODE),
    "second.step": Try(form=CODE),
    "second.begin": Try(form=CODE),
    "second.app": Try(form=CODE),
    "second.drop": Try(),
    "second.codes": Try(),
    "password.ask_code": Try(form=says(email="noor@demo.example")),
    "password.new": Try(form=says(code="000000", password="vier-blauwe-stoelen-buiten")),
    "invitation.accept": Try(),
    "invitation.code": Try(),
    "invitation.renew": Try(),
    "system.language": Try(form=says(locale="en", next="/")),
    # the own account
    "account.mail": Try(form=says(mail="daily")),
    "conversation.keep_draft": Try(form=says(body="Neem je de")),
    "conversation.say": Try(form=says(body="Neem je de lijm mee?")),
    "conversation.take_back": Try(),
    "account.change": Try(form=says(name="Andere Naam", phone="", language="nl")),
    "account.password": Try(form=says(password="vier-blauwe-stoelen-buiten")),
    "account.password_drop": Try(),
    "account.session_end": Try(),
    "account.sessions_others": Try(),
    "account.sessions_all": Try(),
    "account.export": Try(),
    "account.registers_keep": Try(form=says(skj="0012345")),
    "account.feed_make": Try(form=says(label="Telefoon")),
    "account.feed_take_back": Try(),
    "feeds.agenda": Try({"token": "feed_token"}),
    "account.leave": Try(form=says(sure="true")),
    "certificate.choose_name": Try(form=says(show="name")),
    # learning
    "courses.session": Try({"session": "script"}),
    "theory.finish": Try(),
    "courses.file": Try({"name": "media"}),
    "reading.active": Try(form=says(seconds="30", ago="0")),
    "reading.place": Try(form=says(anchor="zo-doe-je-het", ago="0")),
    "reading.write": Try({"lesson": "reflecting", "block": "reflection"}, says(words="Mijn deur.", version="")),
    "reading.share": Try({"lesson": "reflecting", "block": "reflection"}, says(shared="true")),
    "reading.answer": Try({"lesson": "asking", "block": "question"}, lambda world: {world.things["question"]: "1"}),
    "reading.played": Try({"lesson": "playing", "block": "film"}, says(parts=["0", "5"], at="5", length="24")),
    "reading.save_note": Try(form=says(anchor="", words="Onthouden")),
    "reading.change_note": Try({"note": "lesson_note"}, says(words="Anders", version="1")),
    "reading.remove_note": Try({"note": "lesson_note"}),
    "theory.begin": Try(),
    "theory.hand_in": Try(form=lambda world: world.things["answers"]),
    "group.save": Try(form=_group),
    "group.count": Try({"date": "held_date"}, says(attended="8")),
    "group.call_off": Try(),
    "group.put_back": Try({"date": "off_date"}),
    "group.end": Try(
        form=lambda world: {"started": "9", "finished": "7", f"attended_{world.things['held_date']}": "8"},
    ),
    "group.numbers_form": Try(),
    "group.numbers": Try(form=says(started="9", finished="0", guests="")),
    "group_search.save": Try(form=says(**SEARCH)),
    "group_search.stop": Try(form=says(found="no")),
    "practice.begin": Try(form=lambda world: {"assignment_id": world.things["assignment"]}),
    "practice.mark_agreement": Try(form=_agreement),
    "practice.prepare": Try(OWN_RECORD, says(goal="Doel", session_plan="Plan", learning_question="Vraag", version="1")),
    "practice.reflection": Try(OWN_RECORD),
    "practice.keep_reflection": Try(OWN_RECORD, says(situation="Een moment", version="1")),
    "practice.remove_reflection": Try(OWN_RECORD),
    "practice.download_reflection": Try(OWN_RECORD),
    "practice.agree": Try(form=lambda world: {"version": world.things["version"], "agreement_1": "Drie vragen"}),
    "practice.confirm_agreement": Try(form=lambda world: {"version": world.things["talk_version"]}),
    "practice.save_self_view": Try(OWN_RECORD, says(note="Bijna klaar.")),
    "practice.note_way": Try(OWN_RECORD, says(directions="Ingang achterom.", venue_contact="")),
    "practice.submit": Try(OWN_RECORD, says(note="Klaar.")),
    "evidence.add_photo": Try(OWN_RECORD, says(recognisable="nobody", caption="Werk"), _upload),
    "evidence.remove": Try(OWN_RECORD | {"photo": "loose_photo"}),
    "evidence.withdraw": Try(),
    "evidence.file": Try({"photo": "pdf"}),
    "evidence.add_text": Try(OWN_RECORD, says(words="Wij zijn trots.")),
    "evidence.add_link": Try(OWN_RECORD, says(link="https://voorbeeld.nl/finale")),
    "uploads.begin": Try(
        OWN_RECORD, says(kind="pdf", length="90", fingerprint="a" * 64, recognisable="nobody", caption="Plan")
    ),
    "uploads.how_far": Try(headers=TUS),
    "uploads.receive": Try(
        headers=TUS | {"upload-offset": "0", "content-type": "application/offset+octet-stream"}, content=b"%PDF"
    ),
    "uploads.stop": Try(),
    # coaching
    "coach.plan_visit": Try(OWN_RECORD, lambda world: {"date_id": world.things["dates"][2]}),
    "coach.cancel_visit": Try(OWN_RECORD, says(reason="Ik ben ziek.")),
    "coach.note_way": Try(OWN_RECORD, says(directions="Ingang achterom.", venue_contact="Beheerder, 010 555 00 00")),
    "coach.write_note": Try(form=says(text="Bel in januari.", come_back_on="")),
    "coach.change_note": Try(form=says(text="Bel in februari.", come_back_on="")),
    "coach.remove_note": Try(),
    "coach.settle_note": Try(),
    "coach.mark_agreement": Try(form=_agreement),
    "coach.read_answer": Try(form=says(words="Mooi gezegd.", version="1")),
    "coach.observe": Try(form=lambda world: {"version": world.things["version"], "strong_1": "Rust"}),
    "coach.sign": Try(form=_signature),
    "results.see": Try(SIGNED),
    "results.ask_form": Try(SIGNED),
    "results.ask": Try(SIGNED, says(reason="Het was een andere dag.")),
    "corrections.agree": Try(),
    "corrections.decline": Try(form=says(reason="Het klopt zo.")),
    "coach_photos.add": Try(form=says(recognisable="nobody", caption="De tafel"), files=_upload),
    "coach_photos.remove": Try({"photo": "visit_photo"}),
    "coach_room.save": Try(form=ROOM),
    "coach_room.away": Try(form=lambda world: {"reason": "holiday", "starts_on": day_of(world, 40)}),
    "coach_room.back": Try(),
    "observing.send": Try(form=_from_phone),
    **AT_MEETINGS,
    # looking for a trainer, and bringing together
    "wanted.ask": Try(form=_request),
    "wanted.change": Try(form=_request),
    "wanted.admin_ask": Try(form=lambda world: _request(world) | {"organisation_id": world.things["organisation"]}),
    "wanted.admin_change": Try(form=_request),
    "seeking.link": Try(form=lambda world: {"request_id": world.things["wanted"], "reason": "Zij kent de wijk."}),
    "seeking.unlink": Try({"search": "linked_search"}, says(reason="Het klikte niet.")),
    # managing
    "cohorts.make": Try(form=_cohort),
    "cohorts.enrol": Try(form=lambda world: {"person_ids": [world.people["tessa"]]}),
    "cohorts.coach": Try(
        form=lambda world: {"coach_id": world.people["daan"], "enrolment_id": world.things["enrolment"]}
    ),
    "editions.show": Try(NEWER),
    "editions.ask_trainers": Try(NEWEST, says(pieces="lesson:een-afspraak")),
    "editions.leave": Try(NEWEST, says(about="people", reason="Alleen een tikfout.")),
    "editions.leave_no_more": Try(NEWEST, says(about="people")),
    "updates.lesson": Try(UPDATED),
    "updates.read_lesson": Try(UPDATED),
    "updates.session": Try(UPDATED),
    "updates.read_session": Try(UPDATED),
    "editions.look": Try(NEWER),
    "editions.move": Try(NEWER, lambda world: {"who": [world.things["candidate"]], "do": "move"}),
    "cohorts.invite": Try(form=LOOK_OR_SEND),
    "progress.write": Try(form=_own_letter),
    "progress.coach_write": Try(form=_own_letter),
    "cohorts.letter_again": Try(NEWCOMER),
    "cohorts.invite_again": Try(NEWCOMER, LOOK_OR_SEND),
    "admin_overview.try_again": Try(),
    "admin_coach.save": Try(form=ROOM),
    "admin_coach.away": Try(form=lambda world: {"reason": "ill", "starts_on": day_of(world, 40)}),
    "admin_coach.back": Try(),
    "admin_practice.coach": Try(form=lambda world: {"coach_id": world.people["els"], "reason": "Dichterbij."}),
    "admin_practice.extend": Try(form=says(days="30", reason="Verlof.")),
    # nobody asked for a piece here, and no attempt was the last
    "admin_practice.piece": Try(form=lambda world: {"by_when": day_of(world, 10), "reason": "Ziek."}),
    "admin_practice.again": Try(form=says(reason="We hebben gepraat.")),
    "admin_handover.hand_over": Try(form=_handover),
    "admin_handover.back_form": Try(LENDER),
    "admin_handover.back": Try(LENDER, lambda world: {"how": "until", "back_on": day_of(world, 60)}),
    "decisions.show": Try(CANDIDATE),
    "decisions.grant": Try(CANDIDATE, says(reason="Alles is rond.")),
    "decisions.refuse": Try(CANDIDATE, says(reasons="Er ontbreekt nog iets.")),
    "admin_import.check": Try(form=says(text="Piet Jansen;piet@demo.example;Elders;;", step="import")),
    "admin_import.mistakes": Try(form=says(text="Piet Jansen;geen adres;Elders;;")),
    "admin_start.organisation": Try(form=says(name="Nieuwe Stichting", city="Breda")),
    "admin_start.publish": Try(form=says(course="mijn-verhaal")),
    "admin_people.invite": Try(
        form=lambda world: {"person": [world.people["newcomer"]], "own_text": "Welkom.", "step": "send"}
    ),
    "admin_person.add": Try(form=says(name="Nog Iemand", email="nog@demo.example", phone="", organisation="")),
    "admin_person.change": Try(form=says(name="Noor de Witte", email="noor@demo.example", organisation="Elders")),
    "admin_person.grant": Try(form=says(role="coach", intervention="mijn-verhaal")),
    "admin_person.revoke": Try(form=says(role="professional")),
    "admin_person.withdraw": Try(),
    "admin_person.sign_out": Try(),
    "admin_person.reset_second_factor": Try(form=says(reason="Haar telefoon is kwijt.")),
    **dict.fromkeys(("post.again", "editor.begin", "editor.remove", "editor.put_back", *ONLY_A_BUTTON), Try()),
    "editor.send": Try(files=lambda world: {"zip": ("les.zip", b"PK\x05\x06" + bytes(18), "application/zip")}),  # noqa: ARG005
    "editor.add_picture": Try(form=says(alt="Een tafel."), files=_upload),
    "editor.add_media": Try(files=lambda world: {"media": ("kaart.pdf", b"%PDF-1.7\n%%EOF", "application/pdf")}),  # noqa: ARG005
    **{name: Try({"file": "draft_check"}, form) for name, form in AT_CHECK.items()},
    **{name: Try(form=form) for name, form in AT_SHAPE.items()},
    **{name: Try(path, form) for name, (path, form) in AT_DAYS.items()},
    # nothing was changed in this draft yet, and the small course is not its own
    "editor.publish": Try(form=lambda world: {"version": world.things["draft_version"]}),
}
