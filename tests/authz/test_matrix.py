"""Who may do what: every route, every persona, against expectations written apart from the program.

`matrix.csv` holds one row for each route and one column for each persona. A cell says what she gets when the
thing is Noor's: a status, `login` (sign in first) or `confirm` (prove first who you are). Nothing may be written
where the answer is no, and "not yours" reads exactly like "does not exist".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from app import access
from app.access import Permission
from app.main import create_app
from tests.authz.scene import ENTRIES, NO, PERSONAS, Scene, client_of, expected_of, rows, told
from tests.authz.tries import THINGS, TRIES, missing_path, path_of
from tests.page import SAME_ORIGIN

if TYPE_CHECKING:
    from httpx2 import Response

    from app.web.kit.entry import Entry
    from tests.authz.world import World

NOTED_LOOKS: Final = {
    "verification.show": frozenset(PERSONAS),  # the limit on trying many codes
    "practice.profile": frozenset({"fatma", "otto"}),  # as on the assignment itself
    "practice.record": frozenset({"fatma", "otto"}),  # an admin who opens scores stands in the ledger
    "conversation.show": frozenset({"fatma", "otto"}),  # and one who reads along too
    "coach.person": frozenset({"fatma", "otto"}),  # and one who reads notes and agreements
}
"""Pages that are looked at and yet write, for whom (architecture.md 4: limits and logged reads)."""
NOTED_TRIES: Final = frozenset(f"case_room.{verb}" for verb in ("show", "case", "bring", "withdraw", "decide"))
"""Where who asks for what is not hers stands in the ledger: the cases of a table (domain.md 9.2)."""
LEARNERS: Final = {"noor": "Noor de Wit", "mina": "Mina Aslan", "joris": "Joris van Leeuwen", "tessa": "Tessa Blom"}
HERS: Final = {
    # whose names somebody may meet on pages; who is not here meets only her own
    "ruben": {"noor"},
    "daan": {"mina", "tessa"},  # Joris is on loan
    "els": {"joris"},
    "sanne": {"noor", "mina", "tessa"},
    "peter": {"joris"},
    "iris": {"noor"},
    "fatma": set(LEARNERS),
    "otto": set(LEARNERS),
}
BY_TOKEN: Final = {"answer.show", "verification.show"}
"""Pages of whoever holds the link: they show the first name or the initials of the one it is about."""
PARTIAL: Final = {"hx-request": "true", "hx-request-type": "partial"}


def test_every_route_has_its_row_and_every_row_its_route() -> None:
    assert set(rows()) == {(entry.method, entry.name) for entry in ENTRIES}


def test_every_row_has_a_cell_for_every_persona() -> None:
    for key, row in rows().items():
        assert set(row) == {"method", "name", *PERSONAS}, key
        assert all(re.fullmatch(r"\d{3}|login|confirm", row[persona]) for persona in PERSONAS), key


def test_every_parameter_has_its_thing_and_every_form_its_words(told_world: tuple[World, Path]) -> None:
    world, _ = told_world
    for entry in ENTRIES:
        assert path_of(entry.path, entry.name, world)
    assert [entry.name for entry in ENTRIES if entry.method == "POST" and entry.name not in TRIES] == []
    assert sorted(set(TRIES) - {entry.name for entry in ENTRIES}) == []
    assert sorted(set(THINGS) - {found for entry in ENTRIES for found in re.findall(r"{(\w+)", entry.path)}) == []


def differences(scene: Scene, who: str, entries: list[Entry]) -> list[str]:
    """What a persona gets that the matrix does not say."""
    return [told for entry in entries for told in _different(scene, who, entry, *_asked(scene, who, entry))]


def _asked(scene: Scene, who: str, entry: Entry) -> tuple[Response, bool]:
    """The answer, and whether anything was written."""
    return scene.send(entry, path_of(entry.path, entry.name, scene.world), who), scene.wrote()


def _different(scene: Scene, who: str, entry: Entry, response: Response, wrote: bool) -> Iterator[str]:
    got, expected = told(response), expected_of(entry, who)
    if got != expected:
        yield f"{entry.method} {entry.name}: {got}, not {expected}"
    noted = got == "404" and entry.name in NOTED_TRIES
    if got in NO and wrote != noted:
        yield f"{entry.method} {entry.name}: {got}, and {'something' if wrote else 'nothing'} was written"
    elif entry.method == "GET" and not noted and wrote != (who in NOTED_LOOKS.get(entry.name, ())):
        yield f"GET {entry.name}: {'something' if wrote else 'nothing'} was written"
    if got == "404" == expected and "{" in entry.path:
        yield from _unlike_nowhere(scene, who, entry, response)
    if got == "200" and entry.method == "GET" and entry.name not in BY_TOKEN:
        known = HERS.get(who, set()) | {who}
        yield from (
            f"{entry.name} names {name}"
            for short, name in LEARNERS.items()
            if short not in known and name in response.text
        )


def _unlike_nowhere(scene: Scene, who: str, entry: Entry, response: Response) -> Iterator[str]:
    """Not yours reads like does not exist; also by the clock of the eye: the same words, the same length."""
    there, nowhere = path_of(entry.path, entry.name, scene.world), missing_path(entry.path)
    other = scene.send(entry, nowhere, who)
    scene.wrote()
    if response.text.replace(there, "PATH") != other.text.replace(nowhere, "PATH") or other.status_code != 404:
        yield f"{entry.method} {entry.name} reads unlike what does not exist"


@pytest.mark.parametrize("who", PERSONAS)
def test_everybody_gets_what_the_matrix_says(scene: Scene, who: str) -> None:
    """And no page names somebody who is not hers, and what is not hers reads like what does not exist."""
    found = differences(scene, who, ENTRIES)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("who", PERSONAS)
def test_htmx_headers_skip_nothing(scene: Scene, who: str) -> None:
    """Whatever is refused or changes something; pages that may be seen are asked for once, by who sees most."""
    found = []
    for entry in ENTRIES:
        expected = expected_of(entry, who)
        if expected == "200" and entry.method == "GET" and who != "otto":
            continue
        response = scene.send(entry, path_of(entry.path, entry.name, scene.world), who, more=PARTIAL)
        got, wrote = told(response, partial=True), scene.wrote()
        noted = got == "404" and entry.name in NOTED_TRIES
        if got != expected or (wrote and got in NO and not noted):
            found.append(f"{entry.method} {entry.name}: {got}, not {expected}; written: {wrote}")
    assert not found, "\n".join(found)


def test_no_other_method_is_answered(scene: Scene) -> None:
    """But for one: an opened address that only takes a form leads to the page of the form (test_ways_back)."""
    found = []
    methods: dict[str, set[str]] = {}
    for entry in ENTRIES:
        methods.setdefault(entry.path, set()).add(entry.method)
    for path, known in methods.items():
        name = next(entry.name for entry in ENTRIES if entry.path == path)
        looks = {"GET", "HEAD"} if "GET" in known else {"GET"}
        for method in sorted({"PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "POST"} - known - looks):
            headers = SAME_ORIGIN | {"cookie": f"__Host-session={scene.world.sessions['fatma']}"}
            response = scene.client.request(method, path_of(path, name, scene.world), headers=headers)
            if response.status_code != 405 or scene.wrote():
                found.append(f"{method} {path}: {response.status_code}")
    assert not found, "\n".join(found)


FOREIGN: Final = {
    "cross-site": {"origin": "https://evil.test", "sec-fetch-site": "cross-site"},
    "same-site": {"origin": "https://other.academie.test", "sec-fetch-site": "same-site"},
    "an old browser": {"origin": "https://evil.test"},
    "no origin at all": {},
    "null": {"origin": "null"},
}


@pytest.mark.parametrize("how", FOREIGN)
def test_forms_of_other_sites_change_nothing(scene: Scene, how: str) -> None:
    found = []
    for entry in ENTRIES:
        if entry.method not in {"GET", "HEAD"}:
            done = {"303", "201", "204"}
            who = next((persona for persona in PERSONAS if expected_of(entry, persona) in done), "fatma")
            path = path_of(entry.path, entry.name, scene.world)
            response = scene.send(entry, path, who, more=FOREIGN[how], ours=False)
            if response.status_code != 403 or scene.wrote():
                found.append(f"{entry.name}: {response.status_code}")
    assert not found, "\n".join(found)


def representative() -> dict[Permission, Entry]:
    """For each permission one route that asks for it: a page if there is one, and one that stands by itself.

    What leads to one thing may look again at who comes: then it is silent about the policy.
    """
    chosen: dict[Permission, Entry] = {}
    for entry in sorted(ENTRIES, key=lambda entry: (entry.method, entry.path.count("{"))):
        chosen.setdefault(entry.policy, entry)
    return chosen


@contextmanager
def turned_round(permission: Permission) -> Iterator[None]:
    """The policy with one permission giving to everybody what it gave to nobody, and the other way round."""
    known = access.POLICY[permission]
    access.POLICY[permission] = lambda viewer: not known(viewer)
    try:
        yield
    finally:
        access.POLICY[permission] = known


@pytest.mark.parametrize("permission", list(representative()), ids=lambda permission: permission.name)
def test_a_policy_turned_round_is_noticed(scene: Scene, permission: Permission) -> None:
    """The matrix would see it: otherwise it proves nothing."""
    entry = representative()[permission]
    with turned_round(permission):
        noticed = [who for who in PERSONAS if differences(scene, who, [entry])]
    assert len(noticed) > len(PERSONAS) // 2


def test_a_permission_opened_to_everybody_is_noticed(scene: Scene) -> None:
    """Each route that asks for more than signing in: with that permission open, some cell turns red."""
    silent = []
    for permission, known in list(access.POLICY.items()):
        if permission in {Permission.PUBLIC, Permission.SIGNED_IN, Permission.COME_IN}:
            continue  # the last one gives nobody who is in anything: test_halfway
        access.POLICY[permission] = lambda viewer: viewer.signed_in
        try:
            mine = [entry for entry in ENTRIES if entry.policy is permission]
            if mine and not any(differences(scene, who, mine) for who in PERSONAS):
                silent.append(permission.name)
        finally:
            access.POLICY[permission] = known
    assert silent == []


def test_nobody_makes_us_work_before_the_policy_is_asked(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Slow work off the lane (reading spreadsheets, pictures) is done only for who may send the form."""
    asked: list[str] = []

    def noting(entry: Entry) -> Entry:
        return replace(entry, prepare=lambda *_: asked.append(entry.name))

    slow = [noting(entry) for entry in ENTRIES if entry.prepare is not None]
    monkeypatch.setattr("app.main.all_entries", lambda: slow)
    with client_of(create_app(scene.parts)) as client:
        few = replace(scene, client=client)
        for entry in slow:
            for who in PERSONAS:
                if expected_of(entry, who) in NO:
                    few.send(entry, path_of(entry.path, entry.name, scene.world), who)
    assert asked == []


def test_a_contact_sees_all_her_people(scene: Scene) -> None:
    [entry] = [entry for entry in ENTRIES if entry.name == "organisation.people"]
    for who in ("sanne", "peter"):
        text = scene.send(entry, entry.path, who).text
        assert [LEARNERS[short] for short in sorted(HERS[who]) if LEARNERS[short] not in text] == []
