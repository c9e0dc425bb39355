"""The rows that an import refused, as a file to be corrected."""

from pathlib import Path
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from cli.errors import NoSuchImport
from cli.written import writing, written
from commands.feeds.refused.pages import ReportForm, refused_rows
from commands.feeds.refused.rows import find_run
from commands.feeds.rows import Form
from events.database import driver

FORMS: dict[str, ReportForm] = {".csv": "csv", ".ndjson": "ndjson", ".jsonl": "ndjson"}
"""By the suffix of the file."""


async def write_refused_rows(engine: AsyncEngine, run_id: UUID, path: Path) -> None:
    """In the form that the file is called by, else in that of the feed.

    Raises `NoSuchImport` and `OutputInterrupted`.
    """
    async with driver(engine) as connection:
        run = await find_run(connection, run_id)
    if run is None:
        raise NoSuchImport(run_id)
    form = FORMS.get(path.suffix.lower(), _own(run.form))
    with writing(), written(path) as output:
        async for piece in refused_rows(engine, run_id, run, form):
            output.write(piece)


def _own(form: Form) -> ReportForm:
    return "csv" if form == "csv" else "ndjson"
