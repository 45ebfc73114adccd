"""Addresses, passwords, who may grant what, and lines of a list."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

import migrations.models  # noqa: F401 - every table must be known for the marks
from app.interop.spreadsheets import csv_row, rows_of_text, text_of_rows
from app.people.import_lines import check_line, corrected, read_lines
from app.people.rules import Role, Viewer, may_grant, may_manage, password_problem, read_address

TODAY = date(2026, 11, 23)
ROLES = st.frozensets(st.sampled_from(list(Role)))


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (" Noor@Demo.Example ", "noor@demo.example"),
        ("o'brien+x@mail.nl", "o'brien+x@mail.nl"),
        ("wie@café.nl", "wie@xn--caf-dma.nl"),
        ("a@b", None),
        ("a@b.nl, c@d.nl", None),
        ("a@b.nl;c@d.nl", None),
        ("Noor <a@b.nl>", None),
        ("a b@c.nl", None),
        ("a@b.nl\r\nBcc: x@y.nl", None),
        ("@b.nl", None),
        ("a@-b.nl", None),
        ("a..b@c.nl", None),
        ("a@127.0.0.1", None),
        ("x" * 65 + "@b.nl", None),
        ("a@" + "b" * 64 + ".nl", None),
        ("", None),
    ],
)
def test_an_address_is_exactly_one(text: str, address: str | None) -> None:
    assert read_address(text) == address


@given(st.text(max_size=60))
def test_reading_an_address_never_fails_and_is_stable(text: str) -> None:
    address = read_address(text)
    assert address is None or read_address(address) == address


@pytest.mark.parametrize(
    "password",
    ["wachtwoord2026", "Welkom01Welkom01", "aaaaaaaaaaaaaa", "123456789012", "qwertyuiop123", "W@chtw00rd2026!",
     "noordewit2026", "Stadstrainers2026", "abcdefghijklmnop", "121212121212"],
)  # fmt: skip
def test_well_known_passwords_are_refused(password: str) -> None:
    assert password_problem(password, about=("Noor de Wit", "noor")) == "password_common"


@pytest.mark.parametrize("password", ["paarse fiets zonder zadel", "vTq7-mRb2-xLw9", "كلمة سر طويلة جدا هنا"])
def test_long_unusual_passwords_will_do(password: str) -> None:
    assert password_problem(password, about=("Noor de Wit", "noor")) is None


def test_a_password_has_a_length() -> None:
    assert password_problem("kort") == "password_short"
    assert password_problem("paarse fiets " * 20) == "password_long"


@given(ROLES, st.sampled_from(list(Role)))
def test_nobody_but_an_owner_raises_somebody_to_her_own_height(roles: frozenset[Role], role: Role) -> None:
    granter = Viewer(person_id=1, roles=roles)
    order = list(Role)
    if may_grant(granter, role, 2) and Role.OWNER not in roles:
        assert granter.is_admin
        assert order.index(role) < max(order.index(own) for own in roles)
    assert not may_grant(granter, role, 1)


@given(ROLES, ROLES)
def test_who_is_managed_has_no_right_that_the_manager_could_not_give(
    own: frozenset[Role], others: frozenset[Role]
) -> None:
    manager = Viewer(person_id=1, roles=own)
    if may_manage(manager, others, 2):
        assert all(may_grant(manager, role, 2) for role in others)


def test_a_list_is_read_with_and_without_a_head() -> None:
    plain = read_lines(rows_of_text("Noor; noor@demo.example; Linde; 1-2-2025; 3"), today=TODAY)
    headed = read_lines(rows_of_text("e-mail\tnaam\nnoor@demo.example\tNoor"), today=TODAY)
    assert (plain[0].since, plain[0].intervisions, plain[0].organisation) == (date(2025, 2, 1), 3, "Linde")
    assert (headed[0].name, headed[0].email, headed[0].number) == ("Noor", "noor@demo.example", 2)


@pytest.mark.parametrize(
    ("line", "field", "code"),
    [
        ("; a@b.nl", "name", "import_no_name"),
        ("Noor", "email", "import_no_email"),
        ("Noor; a@b.nl c@d.nl", "email", "import_two_addresses"),
        ("Noor; a@b", "email", "bad_address"),
        ("Noor; a@b.nl; X; gisteren", "since", "import_date"),
        ("Noor; a@b.nl; X; 29-02-2025", "since", "import_no_such_day"),
        ("Noor; a@b.nl; X; 24-11-2026", "since", "import_future"),
        ("Noor; a@b.nl; X; 01-01-2025; veel", "intervisions", "import_count"),
        ("Noor; a@b.nl; X; 01-01-2025; 21", "intervisions", "import_count"),
        ("Noor; a@b.nl; X; ; 2", "since", "import_since_missing"),
        ("No\x00or; a@b.nl", "name", "odd_sign"),
        ("x" * 300 + "; a@b.nl", "name", "import_long"),
    ],
)
def test_each_mistake_has_its_cell(line: str, field: str, code: str) -> None:
    [read] = read_lines(rows_of_text(line), today=TODAY)
    assert read.problems == {field: code}


def test_the_same_address_twice() -> None:
    lines = read_lines(rows_of_text("A; a@b.nl; X\na; A@B.nl; x\nC; a@b.nl; Y"), today=TODAY)
    assert [line.outcome for line in lines] == ["new", "known", "wrong"]


def test_cells_are_mended_by_line_and_field() -> None:
    rows = corrected([["Noor"]], {(1, "since"): "1-1-2025", (9, "name"): "x", (1, "rol"): "owner"})
    assert rows == [["Noor", "", "", "1-1-2025"]]


@given(st.lists(st.text(max_size=20), min_size=1, max_size=5))
def test_any_line_is_checked_without_failing(cells: list[str]) -> None:
    for line in read_lines([cells], today=TODAY):
        assert check_line(line, today=TODAY).cells == line.cells


@given(st.lists(st.lists(st.text("abc ;,\"'é", max_size=8), min_size=2, max_size=5), min_size=1, max_size=5))
def test_rows_survive_being_text(rows: list[list[str]]) -> None:
    kept = [[cell.strip() for cell in row] for row in rows if any(cell.strip(" ;,\t") for cell in row)]
    read = rows_of_text(text_of_rows(kept))
    assert [row for row in read if any(row)] == [row for row in kept if any(row)]


@pytest.mark.parametrize("cell", ["=1+1", "+31", "-1", "@x", "\tx", "\rx"])
def test_a_spreadsheet_never_calculates_what_was_typed(cell: str) -> None:
    assert csv_row([cell, "x"]) == [f"'{cell}", "x"]


@pytest.mark.parametrize(
    ("text", "day"),
    [("12 mei 2023", (2023, 5, 12)), ("1 Mrt. 2024", (2024, 3, 1)), ("03-december-2021", (2021, 12, 3))],
)
def test_a_date_may_be_written_out(text: str, day: tuple[int, int, int]) -> None:
    (line,) = read_lines([["Noor", "noor@demo.example", "X", text]], today=date(2026, 1, 1))
    assert line.since == date(*day)
    (wrong,) = read_lines([["Noor", "noor@demo.example", "X", "12 foo 2023"]], today=date(2026, 1, 1))
    assert wrong.problems == {"since": "import_date"}
