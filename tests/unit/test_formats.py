from pathlib import Path

import pytest
import typer

from cli.exports.formats import format_of
from queries.exports.exporting import Format


@pytest.mark.parametrize(
    ("name", "asked", "form"),
    [
        ("x.csv", None, "csv"),
        ("x.PARQUET", None, "parquet"),
        ("x.ndjson", None, "ndjson"),
        ("x.jsonl", "ndjson", "ndjson"),
        ("x.csv", "csv", "csv"),
        ("x.txt", None, "ndjson"),
        ("x", "parquet", "parquet"),
        ("-", None, "ndjson"),
        ("-", "csv", "csv"),
    ],
)
def test_a_file_is_written_as_asked_or_as_it_is_called(
    name: str, asked: Format | None, form: Format
) -> None:
    assert format_of(Path(name), asked) == form


@pytest.mark.parametrize(
    ("name", "asked"),
    [("x.csv", "parquet"), ("x.ndjson", "csv"), ("x.ndjson.gz", None), ("x.gz", "ndjson")],
)
def test_no_file_is_called_other_than_it_is(name: str, asked: Format | None) -> None:
    with pytest.raises(typer.BadParameter):
        format_of(Path(name), asked)
