"""Which format a file is written in."""

from pathlib import Path

import typer

from queries.exports.exporting import Format

_BY_SUFFIX: dict[str, Format] = {
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".csv": "csv",
    ".parquet": "parquet",
}


def format_of(file: Path, asked: Format | None) -> Format:
    """As it is asked for or as the file is called; they may not contradict each other."""
    suffix = file.suffix.lower()
    if suffix == ".gz":
        raise typer.BadParameter("nothing is compressed here: `catalog export | gzip` does it.")
    named = _BY_SUFFIX.get(suffix)
    if asked and named and asked != named:
        raise typer.BadParameter(f"{file} is the name of something else than --format {asked}.")
    return asked or named or "ndjson"
