"""The commands as an admin meets them: real processes, their words and their exit status."""

from __future__ import annotations

import os
import re
import signal
import socket
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.__main__ import app
from tests.support.installation import OTHER, SECRET, Installation, free_port

Here = Callable[..., list[str]]


@pytest.fixture
def here(empty: Installation, monkeypatch: pytest.MonkeyPatch) -> Iterator[Here]:
    """A command in this process, for what goes wrong before anything begins: a process for each would take long."""
    before = os.umask(0o022)

    def refused(*words: str, **more: str) -> list[str]:
        for name, value in (empty.environment() | more).items():
            monkeypatch.setenv(name, value)
        done = CliRunner().invoke(app, list(words))
        assert done.exit_code == 1, done.output
        assert done.stdout == ""
        assert OTHER not in done.output
        assert "marker" not in done.output
        return done.stderr.splitlines()

    yield refused
    os.umask(before)


def lines_of(process: subprocess.Popen[str], count: int) -> list[str]:
    assert process.stdout is not None
    return [process.stdout.readline().rstrip("\n") for _ in range(count)]


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("--help",), 0, "serve"),
        (("serve", "--help"), 0, "Start"),
        (("serve", "--prot", "3"), 2, "No such option: --prot"),
        (("restore", "nergens.tar"), 2, "nergens.tar"),
        (("courses",), 2, "publish"),
    ],
)
def test_usage_and_mistakes_are_told(empty: Installation, words: tuple[str, ...], status: int, said: str) -> None:
    done = empty.run(*words)
    assert done.returncode == status
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_serve_says_four_lines_and_stops_when_asked(empty: Installation) -> None:
    with empty.running("serve") as process:
        told = lines_of(process, 4)
        assert empty.answers() == 200
        process.send_signal(signal.SIGTERM)
        began = time.monotonic()
        assert process.wait(timeout=15) == 0
        assert time.monotonic() - began < 8
        assert process.stdout is not None
        assert process.stdout.read() == ""  # four lines and no more
    assert empty.environment()["PUBLIC_URL"] in told[0]
    assert str(empty.data_dir / "academie.db") in told[1]
    assert "Werk op de achtergrond: aan" in told[1]
    assert "geen mailserver" in told[2]
    assert "create-admin" in told[3]
    log = (empty.data_dir.parent / "serve.log").read_text()
    assert ("Werk je systeem bij als dat kan" in log) == (sqlite3.sqlite_version_info < (3, 51, 3))
    assert "Traceback" not in log
    assert {oct(path.stat().st_mode & 0o077) for path in empty.data_dir.rglob("*")} == {
        "0o0"
    }  # people's data: for nobody else


def test_one_process_serves_and_one_works_on_sqlite(installed: Installation) -> None:
    with installed.running("serve") as process:
        lines_of(process, 4)
        assert installed.answers() == 200
        (second,) = installed.refused("serve", PORT=str(free_port()))
        assert "draait al" in second
        (worker,) = installed.refused("worker")
        assert "achtergrond" in worker
        # Commands that write may run beside it.
        assert installed.run("people", "create-admin", "--name", "Fatma", "--email", "f@b.nl").returncode == 0
        again = installed.refused("people", "create-admin", "--name", "Fatma", "--email", "g@b.nl")
        assert len(again) == 1
        assert "eigenaar" in again[0]
        assert installed.run("courses", "publish", "courses/mijn-verhaal").returncode == 0
        made = installed.run("backup")
        assert made.returncode == 0
        assert re.search(r"academie-\d{8}-\d{6}\.tar", made.stdout)
        assert installed.run("doctor").stdout == "Alles klopt.\n"
        assert installed.answers() == 200


def test_pages_and_work_may_be_two_processes(installed: Installation) -> None:
    with installed.running("worker") as worker:
        lines_of(worker, 1)
        (refused,) = installed.refused("serve")
        assert "--no-worker" in refused
        with installed.running("serve", "--no-worker") as process:
            assert "achtergrond: uit" in lines_of(process, 4)[1]
            assert installed.answers() == 200
            installed.refused("worker")


def test_the_second_start_takes_seconds_at_most(installed: Installation) -> None:
    began = time.perf_counter()
    with installed.running("serve", "--no-worker"):
        assert installed.answers(within=30) == 200
        took = time.perf_counter() - began
    print(f"second start to first answer: {took:.2f} s")  # noqa: T201 - make bench measures; this only guards
    assert took < 15


def test_a_port_in_use_is_said(installed: Installation) -> None:
    with closing(socket.socket()) as other:
        other.bind(("127.0.0.1", installed.port))
        other.listen()
        (told,) = installed.refused("serve")
    assert str(installed.port) in told
    assert "PORT=" in told


def test_a_newer_database_is_left_alone(installed: Installation) -> None:
    with closing(sqlite3.connect(installed.data_dir / "academie.db")) as db:
        db.execute("UPDATE alembic_version SET version_num = '9999_from_the_future'")
        db.commit()
    for command in ("serve", "backup"):
        (told,) = installed.refused(command)
        assert "nieuwere versie" in told
    with closing(sqlite3.connect(installed.data_dir / "academie.db")) as db:
        assert db.execute("SELECT version_num FROM alembic_version").fetchone() == ("9999_from_the_future",)


def test_an_older_database_is_copied_before_it_changes(empty: Installation) -> None:
    empty.data_dir.mkdir()
    with closing(sqlite3.connect(empty.data_dir / "academie.db")) as db:
        db.executescript("CREATE TABLE alembic_version (version_num VARCHAR(32)); CREATE TABLE mark (x)")
        db.execute("INSERT INTO alembic_version VALUES ('0000')")
        db.commit()
    empty.refused("migrate")  # nobody knows 0000; what matters is that the copy came first
    assert [path.suffix for path in (empty.data_dir / "backups").iterdir()] == [".tar"]


def test_a_data_dir_that_cannot_be_used_is_said(empty: Installation, tmp_path: Path) -> None:
    in_the_way = tmp_path / "a file"
    in_the_way.write_text("not a folder")
    for command, place in (("serve", in_the_way), ("backup", in_the_way / "below")):
        (told,) = empty.refused(command, DATA_DIR=str(place))
        assert "DATA_DIR" in told
        assert str(place) in told
    assert in_the_way.read_text() == "not a folder"


def test_a_damaged_database_is_said(installed: Installation) -> None:
    (installed.data_dir / "academie.db").write_bytes(b"this is not a database" * 400)
    (told,) = installed.refused("serve")
    assert "database" in told


def test_a_postgresql_that_does_not_answer_is_said(empty: Installation) -> None:
    url = f"postgresql://academie:marker-password@127.0.0.1:{free_port()}/academie"
    told = empty.refused("migrate", DATABASE_URL=url)
    assert len(told) == 1
    assert "database" in told[0]


@pytest.mark.parametrize(
    "settings, about",
    [
        ({"SECRET": ""}, ["SECRET"]),
        ({"SECRET": "demo-only-secret-that-production-refuses"}, ["SECRET"]),
        ({"SECRET": OTHER}, ["SECRET"]),
        ({"PUBLIC_URL": ""}, ["PUBLIC_URL"]),
        ({"PUBLIC_URL": "http://academie.example"}, ["PUBLIC_URL"]),
        ({"PUBLIC_URL": "http://localhost.marker.example"}, ["PUBLIC_URL"]),
        ({"SECRET": OTHER, "PUBLIC_URL": ""}, ["SECRET", "PUBLIC_URL"]),
        ({"PORT": "marker"}, ["PORT"]),
        ({"PORT": "70000"}, ["PORT"]),
        ({"ENVIRONMENT": "marker"}, ["ENVIRONMENT"]),
        ({"DATABASE_URL": "mysql://u:marker@h/d"}, ["DATABASE_URL"]),
        ({"MAIL_FROM": "a@b.nl, marker@b.nl"}, ["MAIL_FROM"]),
        ({"SMTP_HOST": "mail.example"}, ["MAIL_FROM", "HELP_ADDRESS"]),
        ({"ENVIRONMENT": "demo", "HOST": "0.0.0.0"}, ["HOST"]),  # noqa: S104 - what is refused
    ],
    ids=str,
)
def test_unsafe_settings_are_one_line_each(here: Here, settings: dict[str, str], about: list[str]) -> None:
    *told, last = here("migrate", **settings)
    assert [line.partition(" ")[0].rstrip(":") for line in told] == about
    assert last == "Het programma start niet met deze instellingen."


def test_serve_refuses_unsafe_settings_before_it_makes_anything(empty: Installation) -> None:
    assert len(empty.refused("serve", SECRET=OTHER, PUBLIC_URL="")) == 3
    assert not empty.data_dir.exists()


def test_settings_may_come_from_a_file_and_the_environment_wins(
    empty: Installation, here: Here, tmp_path: Path
) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('environment = "production"\nsecret = "marker"\npublic_url = "https://a.example"\n')
    how = {"SETTINGS_FILE": str(file), "SECRET": "", "PUBLIC_URL": "", "ENVIRONMENT": ""}
    assert here("migrate", **how)[0].startswith("SECRET is te kort")
    assert empty.run("migrate", **(how | {"SECRET": SECRET})).returncode == 0
    file.write_text("secret = marker = toml")
    (told,) = here("migrate", **how)
    assert "TOML" in told
    (told,) = here("migrate", **(how | {"SETTINGS_FILE": str(tmp_path / "absent.toml")}))
    assert "absent.toml" in told


@pytest.mark.parametrize(
    "name, email",
    [("Fatma", "a@b.nl, c@d.nl"), ("Fatma", "fatma"), ("Fatma", ""), ("", "a@b.nl"), ("\x1b[2J", "a@b.nl")],
)
def test_the_first_admin_needs_a_name_and_one_address(here: Here, name: str, email: str) -> None:
    assert len(here("people", "create-admin", "--name", name, "--email", email)) == 1


def test_what_was_backed_up_comes_back_elsewhere(installed: Installation, tmp_path: Path) -> None:
    assert installed.run("people", "create-admin", "--name", "Fatma", "--email", "f@b.nl").returncode == 0
    made = Path(installed.run("backup").stdout.partition(": ")[2].strip())
    (full,) = installed.refused("restore", str(made))
    assert "er staat al een database" in full
    elsewhere = Installation(tmp_path / "elsewhere", installed.port)
    done = elsewhere.run("restore", str(made))
    assert (done.returncode, done.stdout[:11]) == (0, "Teruggezet:")
    with closing(sqlite3.connect(elsewhere.data_dir / "academie.db")) as db:
        assert db.execute("SELECT name FROM person").fetchall() == [("Fatma",)]
    assert elsewhere.run("doctor").returncode == 0
    not_ours = tmp_path / "x.tar"
    not_ours.write_bytes(made.read_bytes()[:5000])
    assert (
        "geen hele reservekopie"
        in Installation(tmp_path / "third", 1).refused("restore", str(not_ours), PORT="8000")[0]
    )


def test_a_restore_looks_over_what_came_back(installed: Installation, tmp_path: Path) -> None:
    installed.run("people", "create-admin", "--name", "Fatma", "--email", "f@b.nl")
    with closing(sqlite3.connect(installed.data_dir / "academie.db")) as db:
        db.execute("UPDATE person SET erased_at = '2026-01-01 00:00:00.000000'")
        db.commit()
    made = installed.run("backup").stdout.partition(": ")[2].strip()
    elsewhere = Installation(tmp_path / "elsewhere", installed.port)
    done = elsewhere.run("restore", made)
    *found, last = done.stderr.splitlines()
    assert (done.returncode, done.stdout[:11]) == (1, "Teruggezet:")  # it is there, and it is not well
    assert any(line.startswith("I-8 person 1:") for line in found)
    assert last == "1 ding klopt niet."


def test_doctor_names_what_is_wrong(installed: Installation) -> None:
    installed.run("people", "create-admin", "--name", "Fatma", "--email", "f@b.nl")
    with closing(sqlite3.connect(installed.data_dir / "academie.db")) as db:
        db.execute("UPDATE person SET erased_at = '2026-01-01 00:00:00.000000'")
        db.commit()
    *found, last = installed.refused("doctor")
    assert any(line.startswith("I-8 person 1:") for line in found)
    assert last == "1 ding klopt niet."


def test_a_lost_first_link_is_made_again_and_a_lost_way_in_mended(installed: Installation) -> None:
    first = installed.run("people", "create-admin", "--name", "Fatma", "--email", "f@b.nl")
    again = installed.run("people", "create-admin", "--name", "Fatma", "--email", "f@b.nl")
    assert (first.returncode, again.returncode) == (0, 0)
    assert first.stdout != again.stdout
    words = ("people", "set-password", "--email", "f@b.nl", "--password", "een goede lange zin")
    assert "account" in installed.refused(*words)[0]  # she was never in: the link is the way
    with closing(sqlite3.connect(installed.data_dir / "academie.db")) as db:
        db.execute("INSERT INTO account (person_id, activated_at) VALUES (1, '2026-01-01 00:00:00.000000')")
        db.commit()
    assert "eigenaar" in installed.refused("people", "create-admin", "--name", "Fatma", "--email", "f@b.nl")[0]
    assert "kort" in installed.refused(*words[:-1], "kort")[0]
    assert installed.run(*words).returncode == 0
    with closing(sqlite3.connect(installed.data_dir / "academie.db")) as db:
        assert db.execute("SELECT password_hash FROM account").fetchone()[0].startswith("$argon2id$")
