"""Every form of the program, sent with nothing filled in: the answer says by name what lacks, and leads there.

As a browser without script sends it, which has no other help than the summary above the form.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from app.web.kit.way_back import ways_back
from tests.authz.scene import ENTRIES, NO, PERSONAS, Scene, expected_of
from tests.authz.tries import path_of
from tests.blank_forms import Blank, asked_for, blank_form
from tests.page import SAME_ORIGIN, check_html

if TYPE_CHECKING:
    from app.web.kit.entry import Entry

FORMS: Final = [entry for entry in ENTRIES if entry.method == "POST"]
ELSEWHERE: Final = {
    # forms that nobody in this world gets to see, and where they are sent empty
    "admin_import.mistakes": "only a button, under a list with mistakes",
    "admin_intervision.invite": "asks for nothing",
    "admin_intervision.all_tables": "only a button, once everybody has a seat",
    "admin_intervision.merge": "needs another meeting: tests/pages/test_admin_intervision.py",
    "admin_intervision.reopen": "only a button, once a list is closed",
    "admin_intervision.take_off": "only a button, while somebody waits",
    "admin_intervision.unplace": "only a button, once seats were given",
    "admin_overview.try_again": "only a button, once a job failed",
    "admin_people.invite": "asks for nothing",
    "admin_person.withdraw": "only a button, while an invitation is open",
    "account.session_end": "only a button, beside another session",
    "account.password_drop": "only a button, with a password",
    "admin_practice.again": "tests/pages/test_admin_practice.py",
    "admin_practice.piece": "tests/pages/test_admin_practice.py",
    "circle.step": "only a button, once a method runs",
    "case_room.bring": "tests/pages/test_case_room.py",
    "editions.leave_no_more": "only a button, once it was decided",
    "editions.move": "only a button, on the page of a choice: tests/pages/test_editions.py",
    "editor.ask_in_text": "a script sends it: tests/pages/test_editor_media.py",
    "editor.begin": "only a button, before there is a draft",
    "editor.publish": "tests/pages/test_editor.py",
    "editor.put_back": "only a button, once something was taken out",
    "confirm.password": "tests/pages/test_people_sign_in.py",
    "second.begin": "tests/pages/test_people_second_factor.py",
    "second.step": "tests/pages/test_people_second_factor.py",
    "group.end": "tests/pages/test_group_dates.py",
    "intervision.remove": "only a button, once something is written",
    "invitation.code": "only a button, for who has an account",
    "invitation.renew": "only a button, on a link that is over",
    "reading.active": "a script sends it: tests/pages/test_reading.py",
    "reading.place": "a script sends it: tests/pages/test_reading.py",
    "reading.played": "a script sends it: tests/pages/test_reading.py",
    "reading.share": "a second button of the form of the words: tests/pages/test_reading.py",
    "observing.send": "a script sends it: tests/pages/test_observing.py",
    "post.again": "only a button, on a mail that did not arrive",
    "practice.begin": "only a button, before an assignment is begun",
    "practice.save_self_view": "tests/pages/test_practice.py",
    "practice.submit": "tests/pages/test_practice.py",
    "training_days.make_up": "tests/pages/test_training_days.py",
    "training_days.reopen": "only a button, once a list is closed",
    "uploads.begin": "sent by script; tests/pages/test_uploads.py",
    "theory.begin": "only a button, before a check is begun",
    "sign_in.out": "only a button, on every page of who is in",
}
LENIENT: Final = {
    "group.save": "a row of dates without any word in it is left out",
}
"""Forms that may leave a field empty which a browser with its own checks would not let go."""


def form_of(scene: Scene, entry: Entry) -> tuple[str, Blank] | None:
    """Who sees the form, and the form; None when nobody in this world does."""
    page = path_of(ways_back(ENTRIES).get(entry.path, entry.path), entry.name, scene.world)
    for who in PERSONAS:
        if expected_of(entry, who) not in NO:
            scene.client.cookies.clear()
            text = scene.client.get(page, headers=cookies(scene, who)).text
            scene.wrote()
            blank = blank_form(text, path_of(entry.path, entry.name, scene.world))
            if blank is not None:
                return who, blank
    return None


def cookies(scene: Scene, who: str) -> dict[str, str]:
    return {"cookie": f"__Host-session={scene.world.sessions[who]}"} if who != "anonymous" else {}


@pytest.mark.parametrize("entry", [one for one in FORMS if one.name not in ELSEWHERE], ids=lambda entry: entry.name)
def test_an_empty_form_says_by_name_what_lacks(scene: Scene, entry: Entry) -> None:
    found = form_of(scene, entry)
    assert found is not None, "nobody sees this form: try it elsewhere"
    who, blank = found
    scene.client.cookies.clear()
    path = path_of(entry.path, entry.name, scene.world)
    answer = scene.client.post(path, data=blank.sent, headers=SAME_ORIGIN | cookies(scene, who), follow_redirects=False)
    scene.wrote()
    if not blank.fields or answer.status_code == 303:
        assert not blank.needed
        return
    assert answer.status_code == 422, answer.text
    check_html(answer.text)  # each line once, by the name of its field, leading to what takes focus
    asked = asked_for(answer.text)
    assert asked
    assert asked <= blank.fields
    assert blank.needed <= asked or entry.name in LENIENT


def test_what_is_tried_elsewhere_is_really_not_here(scene: Scene) -> None:
    seen = [entry.name for entry in FORMS if entry.name in ELSEWHERE and form_of(scene, entry) is not None]
    assert seen == []
