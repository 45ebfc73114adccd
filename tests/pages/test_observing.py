"""The form on a phone as its script meets it: the shell, the worker, what goes out and what comes in."""

from __future__ import annotations

import gzip
import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import func, select

from app.access import Permission
from app.kit.clock import MovableClock
from app.kit.db import Database
from app.main import all_entries
from app.people.actions.accounts import revoke_role
from app.people.rules import Role
from app.practice.tables.coaching import Assessment, DraftDevice
from app.web.kit.release import release
from app.web.kit.static import ROOT, StaticFiles, shipped
from app.web.kit.taken_along import DOORS, is_kept
from tests.page import SAME_ORIGIN, Site, Visitor, make_test_parts
from tests.practising import OBSERVED, Practising, begin, hand_over

MODULES: Final = sorted((ROOT / "js" / "observing").glob("*.js"))
SOURCE: Final = "".join(path.read_text(encoding="utf-8") for path in MODULES)
LINKED: Final = re.compile(r'(?:href|src)="(/static/[^"]+)"')
SHARED: Final = ("css/", "js/theme.js", "js/site.js", "js/naming.js", "img/")
"""What every page of ours has."""
AWAY_IN: Final = {"nl": "/geen-verbinding?taal=nl", "en": "/geen-verbinding?taal=en"}
BUDGET: Final = 60_000
DEVICE: Final = "telefoon-van-ruben"


@pytest.fixture
def site(sqlite_database: Database, data_dir: Path, clock: MovableClock) -> Site:
    return Site(make_test_parts(sqlite_database, data_dir, clock))


@pytest.fixture
def at_work(site: Site, clock: MovableClock) -> Practising:
    return begin(site.parts.database, site.parts.storage, clock, until="handed_in")


def draft(at_work: Practising, **changes: Any) -> dict[str, str]:
    sent = {"person": at_work.ruben.id, "attempt": 1, "device": DEVICE, "number": 1, "version": 0, "whole": ""}
    return {name: str(value) for name, value in (OBSERVED | sent | changes).items()}


def send(visitor: Visitor, at_work: Practising, *, status: int = 200, **changes: Any) -> dict[str, Any]:
    path = f"/coach/{at_work.record_id}/observatie"
    told: dict[str, Any] = visitor.post(path, draft(at_work, **changes), status=status).json()
    return told


def forms(site: Site) -> int:
    with site.parts.database.reading() as db:
        return db.scalar(select(func.count()).select_from(Assessment)) or 0


def test_the_shell_is_the_same_for_everybody_and_about_nobody(site: Site, at_work: Practising) -> None:
    ruben = site.visitor(at_work.ruben.id)
    text = ruben.get("/coach/observatie").text
    assert text == site.stranger().get("/coach/observatie").text
    assert "data-who" not in text
    assert f'data-who="{at_work.ruben.id}"' in ruben.get("/coach").text


def test_without_a_connection_it_says_so_in_the_language_of_the_person_and_about_nobody(
    site: Site, at_work: Practising
) -> None:
    for language, words in (("nl", "Geen verbinding"), ("en", "No connection")):
        text = site.visitor(at_work.noor.id).get(AWAY_IN[language]).text
        assert f'<html lang="{language}">' in text
        assert f"<h1>{words}</h1>" in text
        assert text == site.stranger().get(AWAY_IN[language]).text


def test_the_worker_keeps_all_that_the_shell_needs(site: Site) -> None:
    text = "".join(site.stranger().get(path).text for path in ("/coach/observatie", *AWAY_IN.values()))
    answer = site.stranger().get("/sw.js")
    assert json.dumps(AWAY_IN) in answer.text
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["content-type"].startswith("text/javascript")
    needed = set(LINKED.findall(text))
    assert {shipped().url(f"js/observing/{path.name}") for path in MODULES} - needed == {
        shipped().url("js/observing/start.js")  # of the coach's other pages
    }
    assert [url for url in needed if f'"{url}"' not in answer.text] == []
    styles = shipped().assets[shipped().names["css/stadstrainers.css"]].body.decode()
    speaking = [url for url in re.findall(r'url\("(/static/fonts/[^"]+)"\)', styles) if "literata" not in url]
    assert speaking
    assert [url for url in speaking if f'"{url}"' not in answer.text] == []
    for url in re.findall(r'"(/static/[^"]+)"', answer.text):
        assert site.stranger().get(url).headers["cache-control"].endswith("immutable")


def test_pages_are_kept_and_forgotten_where_they_should_be() -> None:
    """A session begins and ends at a door of the worker, and nowhere else."""
    kept = (
        "/traject",
        "/groep",
        "/groep/data/1/draaiboek",
        "/handboek/kort/eerste-keer",
        "/opleiding/kort/een-afspraak",
    )
    never = ("/opleiding/bestand/1/kort.webm", "/opleiding/kort/toets/een", "/coach", "/account", "/trajecten")
    assert [path for path in (*kept, *never) if is_kept(path)] == list(kept)
    beside = {
        "/antwoord/{token:token}",
        "/antwoord/{token:token}/geen-dag",
        "/taal",
    }  # who answers or chooses a language stays who she is
    open_to_all = {Permission.PUBLIC, Permission.COME_IN}
    coming = {one.path for one in all_entries() if one.method == "POST" and one.policy in open_to_all}
    assert {path for path in coming if not re.search(DOORS, path)} == beside


def test_a_new_release_is_another_worker(site: Site) -> None:
    settings = site.parts.settings
    assert release(settings, "coach/observing", "unopened") in site.stranger().get("/sw.js").text
    other = settings.model_copy(update={"brand_name": "Anders"})
    assert release(other, "coach/observing") != release(settings, "coach/observing")
    assert release(settings, "coach") != release(settings, "coach/observing")


def test_modules_name_each_other_by_what_is_in_them(tmp_path: Path) -> None:
    (tmp_path / "js").mkdir()
    (tmp_path / "js" / "a.js").write_text('import { b } from "./b.js";\nb();\n')
    (tmp_path / "js" / "b.js").write_text("export const b = () => 1;\n")
    before = StaticFiles.load(tmp_path)
    assert before.url("js/b.js") in before.assets[before.names["js/a.js"]].body.decode()
    (tmp_path / "js" / "b.js").write_text("export const b = () => 2;\n")
    after = StaticFiles.load(tmp_path)
    assert after.url("js/a.js") != before.url("js/a.js")
    for path in MODULES:
        body = shipped().assets[shipped().names[f"js/observing/{path.name}"]].body.decode()
        assert all(url in shipped().assets for url in re.findall(r'from "/static/([^"]+)"', body))
        assert 'from "./' not in body


def test_the_page_with_its_script_is_small(site: Site) -> None:
    """Compressed, beside what every page of ours has (issue 3: at most 60 kB)."""
    text = site.stranger().get("/coach/observatie").text
    size = len(gzip.compress(text.encode(), 3))
    by_url = {url: name for name, url in ((name, shipped().url(name)) for name in shipped().names)}
    for url in set(LINKED.findall(text)):
        if not by_url[url].startswith(SHARED):
            asset = shipped().assets[url.removeprefix("/static/")]
            size += len(asset.zipped or asset.body)
    worker = shipped().assets[shipped().names["js/worker.js"]]
    assert size + len(worker.zipped or b"") <= BUDGET


def test_every_word_and_icon_of_the_script_stands_in_the_shell(site: Site) -> None:
    text = site.stranger().get("/coach/observatie").text
    given = set(re.findall(r'data-word="(\w+)"', text))
    said = set(re.findall(r'"([a-z_]{2,})"', SOURCE)) | set(re.findall(r"\b(?:word: |say\()\"(\w+)\"", SOURCE))
    built = {f"{kind}_{end}" for kind in ("strong", "growing", "agreement") for end in ("title", "hint", "n", "more")}
    built |= {f"lacks_{kind}" for kind in ("strong", "growing", "agreement")}
    built |= {f"{kind}_{end}" for kind in ("closed", "gone", "not_allowed", "over") for end in ("title", "text")}
    assert given - said - built == set()
    literal = set(re.findall(r'say\("(\w+)"', SOURCE)) | (built - {"closed_text"})  # its words come with the answer
    assert literal - given == set()
    drawn = set(re.findall(r'icon\("([a-z-]+)"\)', SOURCE)) | set(re.findall(r'note\("\w*", "([a-z-]+)"', SOURCE))
    assert {f'id="i-{name}"' for name in drawn if f'id="i-{name}"' not in text} == set()


def test_a_phone_of_a_coach_holds_her_open_forms(site: Site, at_work: Practising) -> None:
    ruben = site.visitor(at_work.ruben.id)
    told = ruben.get("/coach/observatie/bezoeken").json()
    assert told["person"] == at_work.ruben.id
    [one] = told["forms"]
    form = ruben.get(one["get"]).json()
    assert (form["owner"], form["record"], form["attempt"]) == (at_work.ruben.id, at_work.record_id, 1)
    assert form["folds"][0]["motif"].startswith("<svg")
    assert "Ik vond het spannend" not in str(form)
    for stranger in (at_work.noor, at_work.training.cast.fatma):
        site.visitor(stranger.id).get("/coach/observatie/bezoeken", status=403)


def test_a_draft_comes_in_and_the_answer_says_what_stands(site: Site, clock: MovableClock, at_work: Practising) -> None:
    ruben = site.visitor(at_work.ruben.id)
    first = send(ruben, at_work)
    assert (first["state"], first["version"], first["finished"], first["wrong"]) == ("saved", 1, False, [])
    assert first["saved"].startswith(clock.now().isoformat()[:19])  # our clock
    assert send(ruben, at_work)["version"] == 1
    other = send(ruben, at_work, status=409, device="tablet-van-ruben-1", strong_1="Van de tablet")
    assert (other["state"], other["fields"]["strong_1"]) == ("conflict", "Rust")
    assert other["fields"]["score_SM1"] == "3"
    whole = send(ruben, at_work, number=2, version=1, whole="1", agreement_1="")
    assert [one["field"] for one in whole["wrong"]] == ["agreement_1"]
    assert send(ruben, at_work, number=3, version=2, whole="1")["finished"]
    assert forms(site) == 1


def test_whose_draft_it_is_counts_not_who_is_signed_in(site: Site, clock: MovableClock, at_work: Practising) -> None:
    """The next coach of the same person signs in on the phone of the former one."""
    handed = hand_over(site.parts.database, at_work, clock, "Bram de Boer")
    bram = site.visitor(handed.ruben.id)
    assert send(bram, at_work, status=409) == {"state": "somebody_else"}
    assert forms(site) == 0
    site.visitor(at_work.ruben.id).post(f"/coach/{at_work.record_id}/observatie", draft(at_work), status=404)


ODD: Final = {
    "person": ["", "0", "-1", "x", "²", "9" * 40, "1\x00"],
    "attempt": ["", "0", "1001", "1.5", "٣x"],
    "device": ["", "kort", "x" * 65, "met spatie erin 123", "<script>alert(1)</script>", "a/../../b/c/d/e/f/g"],
    "number": ["", "0", "-3", "9" * 40, "NaN"],
    "version": ["-1", "1e9", "9" * 40],
    "whole": ["2", "true", "ja"],
    "score_SM1": ["5", "-1", "drie"],
    "check_iets-gemaakt": ["misschien", "JA"],
    "strong_1": ["x" * 201, "\x07", "\u202e"],
    "note_VS1": ["x" * 2001, "\x00"],
    "score_ZZ9": ["1"],
    "saved_at": ["2020-01-01T00:00:00Z"],
    "finished_at": ["2020-01-01"],
}


@pytest.mark.parametrize("name", ODD)
def test_odd_things_from_a_phone_change_nothing(site: Site, at_work: Practising, name: str) -> None:
    ruben = site.visitor(at_work.ruben.id)
    for odd in ODD[name]:
        told = send(ruben, at_work, status=422, **{name: odd})
        assert told["state"] == "invalid", odd
        assert told["wrong"], odd
    assert forms(site) == 0


def test_the_door_closes_and_the_phone_hears_which_one(site: Site, clock: MovableClock, at_work: Practising) -> None:
    ruben, path = site.visitor(at_work.ruben.id), f"/coach/{at_work.record_id}/observatie"
    for foreign in ({"origin": "https://evil.test", "sec-fetch-site": "cross-site"}, {"origin": "null"}, {}):
        assert ruben.client.post(path, data=draft(at_work), headers=foreign).status_code == 403
    clock.advance(timedelta(days=31))  # the sign-in is over
    assert ruben.client.post(path, data=draft(at_work), headers=SAME_ORIGIN, follow_redirects=False).status_code == 401
    assert site.stranger().client.post(path, headers=SAME_ORIGIN, follow_redirects=False).status_code == 303
    with site.parts.database.writing() as db:
        for slug in at_work.ruben.coach_of:
            fatma, ruben_id, now = at_work.training.cast.fatma, at_work.ruben.id, clock.now()
            revoke_role(db, by=fatma, person_id=ruben_id, role=Role.COACH, intervention=slug, now=now)
    site.visitor(at_work.ruben.id).post(path, draft(at_work), status=403)
    assert forms(site) == 0


def test_a_body_that_is_no_form_changes_nothing(site: Site, at_work: Practising) -> None:
    ruben, path = site.visitor(at_work.ruben.id), f"/coach/{at_work.record_id}/observatie"
    for body, kind in ((b"{}", "application/json"), (b"\xff\xfe", "text/plain"), (b"x" * 600_000, "text/plain")):
        answer = ruben.client.post(path, content=body, headers=SAME_ORIGIN | {"content-type": kind})
        assert answer.status_code in {413, 422}
    assert forms(site) == 0


def test_one_row_for_each_device(site: Site, at_work: Practising) -> None:
    ruben = site.visitor(at_work.ruben.id)
    for number in range(1, 6):
        send(ruben, at_work, number=number, version=number - 1, strong_1=f"Rust {number}")
    with site.parts.database.reading() as db:
        [row] = db.scalars(select(DraftDevice))
        assert (row.device, row.number, row.version) == (DEVICE, 5, 5)


def test_statements_of_the_phone(site: Site, at_work: Practising) -> None:
    ruben = site.visitor(at_work.ruben.id)
    ruben.get("/coach/observatie/bezoeken")
    assert len(ruben.statements) <= 8
    ruben.get("/coach/observatie")
    assert len(ruben.statements) <= 1  # who asks
    send(ruben, at_work)
    assert len(ruben.statements) <= 25
