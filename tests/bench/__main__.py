"""`make bench`: what the README claims about speed and size, measured on this machine, as a table.

Each page is driven at 1, 8 and 32 connections by separate signed-in people, in turns with a bare plain-text
program in the same run: the ratio to that floor counts, an absolute time alone does not.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count, cycle
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from tests.bench.answers import rush
from tests.bench.courses import large_course
from tests.bench.drive import Request, Round, ask, drive
from tests.bench.files import send_files
from tests.bench.plans import plans
from tests.bench.seed import COURSE, QUEUE, House, seed
from tests.bench.server import Server, children_cpu_s, floor, program
from tests.bench.weigh import phone_keeps, statements, text_of, weigh
from tests.page import Site, Visitor

REFLECTING, REFLECTION = "wat-is-mijn-verhaal", "jouw-foto"
PLACE: Final = (("anchor", "p-00000000"), ("ago", "0"))
WORDS: Final = (("words", "Mijn deur."), ("version", ""), ("whole", "typing"))
CONNECTIONS: Final = (1, 8, 32)
REST_S: Final = 3.0


@dataclass(frozen=True)
class Page:
    """One thing that people do, and how to keep doing it."""

    name: str
    path: str
    who: str
    writes: bool = False
    form: tuple[tuple[str, str], ...] = ()


PAGES: Final = (
    Page("sign-in form", "/inloggen", "nobody"),
    Page("home of a professional", "/traject", "professionals"),
    Page("course", f"/opleiding/{COURSE}", "professionals"),
    Page("lesson", f"/opleiding/{COURSE}/{{lesson}}", "professionals"),
    Page("search", "/zoeken?q=afspraken+bijeenkomst", "professionals"),
    Page("place in a lesson", f"/opleiding/{COURSE}/{REFLECTING}/plek", "professionals", True, PLACE),
    Page("words kept", f"/opleiding/{COURSE}/{REFLECTING}/schrijven/{REFLECTION}", "professionals", True, WORDS),
    Page("mark lesson done", f"/opleiding/{COURSE}/{{lesson}}", "professionals", writes=True),
    Page("coach queue", "/coach", "coach"),
    Page("coach queue of 500", "/coach", "busy coach"),
    Page("observation page", "/coach/{record}", "coach"),
    Page("offline form: its shell", "/coach/observatie", "nobody"),
    Page("offline form: a visit", "/coach/{record}/observatie", "coach"),
    Page("offline form: sent", "/coach/{record}/observatie", "coach", writes=True),
    Page("answer from the mail", "/antwoord/{answer}", "nobody"),
    Page("people table", "/beheer/mensen", "admin"),
    Page("work list of the admin", "/beheer", "admin"),
)


def path_of(page: Page, house: House) -> str:
    return page.path.format(lesson=house.lessons[0], record=house.records[0], answer=house.answers[0])


def tokens_of(page: Page, house: House) -> list[str]:
    known = {"nobody": [""], "professionals": house.professionals, "coach": [house.coach], "admin": [house.admin]}
    return (known | {"busy coach": [house.busy_coach]})[page.who]


def looks(page: Page, house: House, host: str) -> Iterator[Request]:
    """The same page for ever, each time by the next person."""
    path = path_of(page, house)
    return (Request.get(path, host=host, token=token) for token in cycle(tokens_of(page, house)))


def unread(house: House, host: str) -> Iterator[Request]:
    """Every lesson that somebody did not read yet, once: each request is a real write."""
    for lesson in house.lessons[house.read :]:
        for token in house.professionals:
            yield Request.post(f"/opleiding/{COURSE}/{lesson}", host=host, token=token)


def places(house: House, host: str) -> Iterator[Request]:
    """Everybody goes on reading: each tells another paragraph than before."""
    for number in count(1):
        for token in house.professionals:
            body = urlencode({"anchor": f"p-{number:08x}", "ago": 0})
            path = f"/opleiding/{COURSE}/{REFLECTING}/plek"
            yield Request.post(path, host=host, token=token, body=body, status=200)


def writings(house: House, host: str) -> Iterator[Request]:
    """Everybody writes on: each time with one word more, on the version that stands."""
    for number in count():
        for token in house.professionals:
            body = urlencode(
                {"words": f"Mijn deur. {'Woord ' * (number + 1)}", "version": number or "", "whole": "typing"}
            )
            path = f"/opleiding/{COURSE}/{REFLECTING}/schrijven/{REFLECTION}"
            yield Request.post(path, host=host, token=token, body=body, status=200)


async def phones(server: Server, house: House, host: str) -> Iterator[Request]:
    """Whole forms as phones send them: a phone for each visit, each time with one word more. Each is a real write."""
    visits = []
    for record in house.records:
        path = f"/coach/{record}/observatie"
        form = json.loads(text_of(await ask(server.port, Request.get(path, host=host, token=house.coach))))
        visits.append((path, _filled_in(form) | {"person": house.coach_id, "attempt": form["attempt"], "version": 0}))
    return _sends(visits, house.coach, host)


def _filled_in(form: dict[str, Any]) -> dict[str, Any]:
    lines = {f"{kind}_1": "Rust, en ruimte voor wie wacht" for kind in ("strong", "growing", "agreement")}
    for fold in form["folds"]:
        for one in fold["criteria"]:
            lines |= {f"score_{one['code']}": "3", f"note_{one['code']}": "Je vroeg door, en liet stiltes vallen. " * 5}
        lines |= {f"check_{one['slug']}": "ja" for one in fold["checks"]}
    return lines | {"whole": "1"}


def _sends(visits: list[tuple[str, dict[str, Any]]], token: str, host: str) -> Iterator[Request]:
    for number in count(1):
        for path, form in visits:
            sent = form | {"number": number, "device": f"bench-telefoon{path.replace('/', '-')}"}
            body = urlencode(sent | {"strong_2": f"Woord {number}"})
            yield Request.post(path, host=host, token=token, body=body, status=200)


async def check(server: Server, page: Page, house: House, host: str) -> None:
    """Raises: RuntimeError when the page is not itself; error pages are quick and must not pass for speed."""
    answer = await ask(server.port, next(looks(page, house, host)))
    if answer.status != 200 and not (page.form and answer.status == 303):  # an address that only takes a form
        raise RuntimeError(f"{page.name}: {answer.status}")


async def measure(server: Server, bare: Server, house: House, *, seconds: float, postgres: int) -> None:
    """Drive every page in turns with the floor and print a line for each. `postgres`: its process, 0 without one."""
    host = f"127.0.0.1:{server.port}"
    columns = f"{'page':24}{'conn':>5}{'req/s':>8}{'p50':>8}{'p95':>8}{'p99':>8}{'CPU ms':>8}{'with db':>8}"
    print(f"{columns}{'floor':>8}{'ratio':>7}")
    written = {
        "mark lesson done": unread(house, host),
        "place in a lesson": places(house, host),
        "words kept": writings(house, host),
        "offline form: sent": await phones(server, house, host),
    }
    for page in PAGES:
        await check(server, page, house, host)
        for connections in CONNECTIONS:
            requests = written[page.name] if page.writes else looks(page, house, host)
            ground = await drive(bare.port, _bare(bare), connections=connections, seconds=seconds / 2)
            before, beside = server.cpu_s(), children_cpu_s(postgres) if postgres else 0.0
            found = await drive(server.port, requests, connections=connections, seconds=seconds)
            spent = server.cpu_s() - before
            by_database = children_cpu_s(postgres) - beside if postgres else 0.0
            _print_line(page, connections, found, ground, (spent, spent + by_database))
        await check(server, page, house, host)


def _bare(bare: Server) -> Iterator[Request]:
    return cycle([Request.get("/", host=f"127.0.0.1:{bare.port}")])


def _print_line(page: Page, connections: int, found: Round, ground: Round, spent: tuple[float, float]) -> None:
    cpu, with_database = (1000 * each / max(len(found.times_ms), 1) for each in spent)
    share = ground.per_second / found.per_second if found.per_second else 0.0
    print(
        f"{page.name:24}{connections:>5}{found.per_second:>8.0f}{found.percentile(0.5):>8.1f}"
        f"{found.percentile(0.95):>8.1f}{found.percentile(0.99):>8.1f}{cpu:>8.2f}{with_database:>8.2f}{ground.per_second:>8.0f}"
        f"{f'1/{share:.0f}':>7}" + (f"   {found.wrong} wrong: {found.first_wrong}" if found.wrong else "")
    )


async def weigh_all(server: Server, house: House) -> None:
    """Print what each page weighs."""
    host = f"127.0.0.1:{server.port}"
    print(f"\n{'page':24}{'HTML kB':>9}{'first kB':>10}{'next kB':>9}{'css+js kB':>11}")
    for page in PAGES:
        if not page.writes:
            weight = await weigh(server.port, next(looks(page, house, host)), host=host)
            numbers = (weight.html, weight.first, weight.again, weight.code)
            html, first, again, code = (number / 1000 for number in numbers)
            print(f"{page.name:24}{html:>9.1f}{first:>10.1f}{again:>9.1f}{code:>11.1f}")
    kept = await phone_keeps(server.port, host=host)
    print("\na phone keeps of the offline form, in kB: " + ", ".join(f"{n} {b / 1000:.1f}" for n, b in kept.items()))


def count_all(data_dir: Path, url: str, house: House) -> None:
    """Print how many statements each page asks."""

    def visit(page: Page) -> int:
        def go(site: Site) -> int:
            visitor: Visitor = site.stranger()
            if token := tokens_of(page, house)[0]:
                visitor.client.cookies.set("__Host-session", token)
            lesson = house.lessons[-1] if page.writes else house.lessons[0]
            path = page.path.format(lesson=lesson, record=house.records[-1], answer=house.answers[0])
            if page.name == "offline form: sent":
                form = visitor.get(path).json()
                named = {"person": house.coach_id, "attempt": 1, "device": "bench-telefoon-nieuw", "number": 1}
                visitor.post(path, _filled_in(form) | named | {"version": form["version"]}, status=200)
            else:
                if not page.writes:
                    visitor.get(path)  # the first one also loads what stays in memory: the course
                if page.writes:
                    visitor.post(path, dict(page.form), status=200 if page.form else 303)
                else:
                    visitor.get(path)
            return len(visitor.statements)

        return statements(data_dir, url, {page.name: go})[page.name]

    print(f"\n{'page':24}{'statements':>11}")
    for page in PAGES:
        print(f"{page.name:24}{visit(page):>11}")


@contextmanager
def database(data_dir: Path, *, postgres: bool) -> Iterator[tuple[str, int]]:
    """The address of an empty database for the run, and the process of its server (0: SQLite has none)."""
    if not postgres:
        yield f"sqlite:///{data_dir / 'academie.db'}", 0
        return
    from tests.support import postgres as real  # the package is slow to load

    with real.running() as server, server.fresh_database() as url:
        yield url, int((real.HOME / "postmaster.pid").read_text().splitlines()[0])


def run(people: int, seconds: float, *, postgres: bool) -> None:
    """Seed, start, drive, weigh, count."""
    with tempfile.TemporaryDirectory() as folder:
        data_dir, log = Path(folder) / "data", Path(folder) / "log"
        data_dir.mkdir()
        with database(data_dir, postgres=postgres) as (url, process):
            house = seed(data_dir, people=people, url=url)
            kind = "PostgreSQL" if postgres else "SQLite"
            machine = f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} before"
            print(f"{people} enrolments and a coach of {QUEUE} on {kind}, {machine}\n")
            with program(data_dir, log=log, worker=False, DATABASE_URL=url):
                pass  # the first start compiles and warms what the disk remembers
            with program(data_dir, log=log, DATABASE_URL=url) as server, floor(log=log) as bare:
                asyncio.run(asyncio.sleep(REST_S))
                at_rest = server.pss_mib()
                asyncio.run(measure(server, bare, house, seconds=seconds, postgres=process))
                asyncio.run(weigh_all(server, house))
                asyncio.run(rush(server, house))
                asyncio.run(send_files(server, house))
                large_course(Path(folder))
                after = server.pss_mib()
                started = server.started_in_s
            count_all(data_dir, url, house)
    print()
    plans()
    print(
        f"\nstart to first answer {started:.2f} s; memory (PSS) at rest {at_rest:.0f} MiB, "
        f"after the load {after:.0f} MiB"
    )
    print(f"load {os.getloadavg()[0]:.1f} at the end; floor = plain text, same server software, same run")


def main() -> None:
    """Read what was asked, and run."""
    told = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    told.add_argument("--people", type=int, default=1_000, help="enrolments to seed")
    told.add_argument(
        "--seconds", type=float, default=2.0, help="how long each page is driven, per number of connections"
    )
    told.add_argument("--postgres", action="store_true", help="on a real PostgreSQL instead of SQLite")
    told.add_argument("--only", choices=["planner"], help="measure nothing else")
    given = told.parse_args()
    if given.only == "planner":
        plans()
        return
    run(given.people, given.seconds, postgres=given.postgres)


if __name__ == "__main__":
    main()
