"""A digest of code changes with what the code does, and with nothing else."""

import ast
import inspect
from collections.abc import Collection, Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

from commands import snapshots
from commands.feeds import known
from events.code import digest_of
from projections import code

CODE = '''
"""What a lamp is."""

LIMIT = 3
"""Of bulbs."""


class Lamp:
    """Shines."""

    bulbs: int
    """At most `LIMIT`."""

    def lit(self) -> bool:
        """Whether it shines."""
        # A lamp without bulbs is dark.
        return self.bulbs > 0
'''

SAME = {
    "a comment": ("# A lamp without bulbs is dark.", "# Dark without bulbs."),
    "no comment": ("        # A lamp without bulbs is dark.\n", ""),
    "a docstring": ('"""Shines."""', '"""It shines."""'),
    "no docstring": ('        """Whether it shines."""\n', ""),
    "a name's docstring": ("At most `LIMIT`.", "Never more than `LIMIT`."),
    "a module's docstring": ("What a lamp is.", "Lamps."),
    "layout": ("LIMIT = 3", "LIMIT = (\n    3\n)"),
    "lines": ("\n\n\nclass", "\n\nclass"),
}
OTHER = {
    "a figure": ("LIMIT = 3", "LIMIT = 4"),
    "a type": ("bulbs: int", "bulbs: float"),
    "an operator": ("> 0", ">= 0"),
    "a name": ("lit", "shines"),
    "a text that is used": ("LIMIT = 3", 'LIMIT = "3"'),
    "a statement less": ("    bulbs: int\n", ""),
}


def digest(directory: Path, *sources: str) -> bytes:
    files = [directory / f"{number}.py" for number, _ in enumerate(sources)]
    for file, source in zip(files, sources, strict=True):
        file.write_text(source)
    return digest_of(files)


@pytest.mark.parametrize("change", SAME)
def test_what_readers_are_told_does_not_count(tmp_path: Path, change: str) -> None:
    changed = CODE.replace(*SAME[change])
    assert changed != CODE
    assert digest(tmp_path, changed) == digest(tmp_path, CODE)


@pytest.mark.parametrize("change", OTHER)
def test_what_is_done_does(tmp_path: Path, change: str) -> None:
    changed = CODE.replace(*OTHER[change])
    assert changed != CODE
    assert digest(tmp_path, changed) != digest(tmp_path, CODE)


def test_nothing_moves_from_one_file_to_the_next_unseen(tmp_path: Path) -> None:
    assert digest(tmp_path, "a = 1\nb = 2", "") != digest(tmp_path, "a = 1", "b = 2")
    assert digest(tmp_path, "a = 1", "b = 2") != digest(tmp_path, "b = 2", "a = 1")


def test_of_what_is_not_python_everything_counts(tmp_path: Path) -> None:
    script = tmp_path / "search.sql"
    script.write_text("select 1")
    before = digest_of([script])
    script.write_text("select  1")
    assert digest_of([script]) != before


HAVE_NO_PART = {
    "commands.product": "names the pieces",
    "commands.product.decide": "asked before an event, not of its state",
    "commands.product.messages": "as above",
    "events.canonical_json": "how events are written",
    "events.code": "makes the digest",
    "events.database": "how rows are fetched",
    "events.errors": "what is said of what can't be read",
    "projections.tables": "what is kept about the read tables, which name their schema only",
}


@pytest.mark.parametrize("counted", [snapshots.CODE, code.CODE], ids=["a state", "a row"])
def test_whatever_has_part_in_it_counts_as_its_code(counted: Collection[tuple[str, str]]) -> None:
    files = [(package, name) for package, name in counted if name.endswith(".py")]
    modules = {f"{package}.{name.removesuffix('.py')}" for package, name in files}
    for module in modules:
        assert set(imported(module)) <= modules | HAVE_NO_PART.keys(), module


HAVE_NO_PART_IN_A_ROW = {
    "commands.errors": "what is said of what is refused, which is never taken for settled",
    "commands.faults": "as above",
    "commands.feeds.known": "makes the digest",
    "commands.feeds.report": "counts",
    "commands.feeds.rows": "what rows are, to whom they are given",
    "commands.feeds.run": "who imports",
    "commands.load": "what the product was before",
    "commands.loaded": "as above",
    "commands.product": "names the pieces",
    "events.packed": "unpacks",
    "events.recorded": "what the product was before",
}


def test_whatever_decides_what_a_row_means_counts_as_its_code() -> None:
    listed = {f"{package}.{name.removesuffix('.py')}" for package, name in known.CODE}
    formats = {
        f"commands.feeds.formats.{each.name.removesuffix('.py')}"
        for each in known.FORMATS.iterdir()
        if each.name.endswith(".py") and each.name != "__init__.py"
    }
    for module in listed | formats:
        unlisted = set(imported(module)) - listed - formats
        assert unlisted <= HAVE_NO_PART_IN_A_ROW.keys(), module


def test_every_read_model_counts() -> None:
    listed = {f"projections/{name}" for package, name in code.CODE if package == "projections"}
    projections = Path(inspect.getfile(code)).parent
    models = {
        f"projections/{each.name}"
        for each in projections.glob("*.py")
        if "model = ReadModel(" in each.read_text()
    }
    assert models
    assert models <= listed


def imported(module: str) -> Iterator[str]:
    """The modules of ours that a module imports."""
    for node in ast.walk(ast.parse(inspect.getsource(import_module(module)))):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                name = inner if find_spec_of(inner) else node.module
                if name.split(".")[0] in {"commands", "events", "projections"}:
                    yield name


def find_spec_of(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False
