import pytest
from rich.cells import cell_len
from rich.text import Text

from cli.grid import Grid


def line(grid: Grid, *cells: str) -> str:
    return grid.line([Text(cell) for cell in cells]).plain


def test_columns_without_a_width_share_what_the_terminal_has_left() -> None:
    grid = Grid([("V", 3), ("Name", None), ("Brand", None)], 27)
    assert grid.header.plain == "V    Name        Brand     "
    assert line(grid, "1", "Lamp", "Acme") == "1    Lamp        Acme      "


@pytest.mark.parametrize("name", ["Lamp with a long name", "灯灯灯灯灯灯灯灯灯灯"])
def test_what_is_too_long_ends_in_an_ellipsis(name: str) -> None:
    shown = line(Grid([("V", 3), ("Name", None)], 15), "1", name)
    assert cell_len(shown) == 15
    assert shown.rstrip().endswith("…")


def test_in_a_narrow_terminal_columns_keep_some_characters() -> None:
    assert line(Grid([("A", None), ("B", None)], 3), "lamp", "acme") == "lamp  acme"


def test_cells_keep_what_they_were() -> None:
    cell = Text("Lamp with a long name")
    Grid([("Name", 4)], 4).line([cell])
    assert cell.plain == "Lamp with a long name"
