"""What is printed in a table and pasted elsewhere."""

import sys
from uuid import uuid4

import pytest

from cli import tables

ID = str(uuid4())
ROW = ("[bold]main[/bold]", ID, *("many words of a reason " * 3,) * 3)
NAMES = ("Catalog", "Product", "One", "Two", "Three")


@pytest.mark.parametrize("width", ["20", "80"])
def test_what_is_copied_is_whole_on_a_narrow_terminal(
    width: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", width)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    tables.print_table(NAMES, [ROW], copied=1)
    assert ID in capsys.readouterr().out


def test_a_row_is_a_line_where_no_terminal_is(capsys: pytest.CaptureFixture[str]) -> None:
    tables.print_table(NAMES, [ROW, ROW], copied=1)
    lines = [line for line in capsys.readouterr().out.splitlines() if ID in line]
    assert len(lines) == 2
    assert all(cell in line for line in lines for cell in ROW)


def test_nothing_is_shown_of_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    tables.print_table(NAMES, [])
    assert "Product" in capsys.readouterr().out
