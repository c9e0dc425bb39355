"""Where a command writes."""

from pathlib import Path

import pytest

from cli.errors import OutputInterrupted
from cli.written import writing, written


@pytest.mark.parametrize("directory", ["nowhere", "file"])
def test_a_directory_that_is_none_is_told_as_it_was_typed(tmp_path: Path, directory: str) -> None:
    (tmp_path / "file").touch()
    typed = tmp_path / directory / "log.ndjson"
    with pytest.raises((FileNotFoundError, NotADirectoryError)) as told, written(typed):
        pass
    assert told.value.filename == str(typed)


def test_what_can_not_be_written_is_told() -> None:
    with pytest.raises(OutputInterrupted, match="no space left"), writing():
        raise OSError("no space left")
