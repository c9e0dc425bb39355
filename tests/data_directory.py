"""A data directory that another account may reach: pytest's own are for the user alone."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.processes import end_leftovers


@pytest.fixture
def data_directory() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="catalog-") as path:
        yield Path(path)
        end_leftovers(Path(path))
