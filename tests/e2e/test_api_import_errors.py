"""The rows that an import refused, as a file."""

import csv
import io
import json
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from commands.feeds.report import Failure
from tests.conversation import Caller
from tests.uploading import refused, uploads

pytest_plugins = ("tests.conversation_fixtures",)

COUNT = 120
"""More than are read at once."""


def row(line: int) -> Failure:
    text = json.dumps({"sku": f"S-{line}", "name": ""})
    return Failure(line, f"S-{line}", [{"pointer": "/name", "message": "it is empty"}], text)


@pytest.fixture
async def job(anna: Caller, engine: AsyncEngine) -> dict[str, Any]:
    made: dict[str, Any] = (await uploads(anna)).gives(202).body
    await refused(engine, UUID(made["id"]), [row(2 * n) for n in range(1, COUNT + 1)])
    job: dict[str, Any] = (await anna.gets(f"/v1/jobs/{made['id']}")).gives(200).body
    return job


async def test_they_come_as_they_were_with_what_was_wrong(
    anna: Caller, job: dict[str, Any]
) -> None:
    answer = (await anna.gets(job["errors_url"])).gives(200)
    assert answer.headers["Content-Type"] == "application/x-ndjson"
    disposition = f'attachment; filename="import-{job["id"]}-errors.ndjson"'
    assert answer.headers["Content-Disposition"] == disposition
    rows = [json.loads(line) for line in answer.response.content.splitlines()]
    assert [each["_line"] for each in rows] == [2 * n for n in range(1, COUNT + 1)]
    assert (rows[0]["sku"], rows[0]["name"]) == ("S-2", "")
    assert rows[0]["_errors"] == [{"pointer": "/name", "message": "it is empty"}]


@pytest.mark.parametrize(
    ("query", "accept"), [("?format=csv", "*/*"), ("", "text/csv, application/x-ndjson;q=0.5")]
)
async def test_as_csv_they_have_one_header(
    query: str, accept: str, anna: Caller, job: dict[str, Any]
) -> None:
    answer = (await anna.gets(f"{job['errors_url']}{query}", {"Accept": accept})).gives(200)
    assert answer.headers["Content-Type"].startswith("text/csv")
    rows = list(
        csv.DictReader(io.StringIO(answer.response.text.removeprefix("\ufeff"), newline=""))
    )
    assert [int(each["_line"]) for each in rows] == [2 * n for n in range(1, COUNT + 1)]
    assert {each["sku"] for each in rows} == {f"S-{2 * n}" for n in range(1, COUNT + 1)}


async def test_an_import_that_refused_nothing_has_none(anna: Caller, engine: AsyncEngine) -> None:
    made = (await uploads(anna)).gives(202).body
    await refused(engine, UUID(made["id"]), [])
    assert (await anna.gets(f"/v1/jobs/{made['id']}")).gives(200).body["errors_url"] is None
    assert (await anna.gets(f"/v1/jobs/{made['id']}/errors")).gives(200).response.content == b""


async def test_what_has_not_begun_or_is_no_import_has_no_report(anna: Caller) -> None:
    for path in ("/v1/catalogs/main/projections/rebuild", "/v1/catalogs/main/imports"):
        headers = {"Content-Type": "application/json"}
        content = b"" if path.endswith("rebuild") else b"[]"
        job = (await anna.asks("POST", path, content=content, headers=headers)).gives(202).body
        (await anna.gets(f"/v1/jobs/{job['id']}/errors")).refused(404, "not-found")
