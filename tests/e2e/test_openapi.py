"""The OpenAPI document and the service, held against each other in both directions."""

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.conversation import Caller
from tests.serving import served
from tests.signing import signed

pytest_plugins = ("tests.conversation_fixtures",)

HERE = Path(__file__).parents[1]
SECONDS = 25
EXAMPLES = 15


@pytest.mark.usefixtures("projecting")
async def test_the_service_does_what_its_document_says(
    anna: Caller, app: FastAPI, engine: AsyncEngine
) -> None:
    receipt = await anna.given()
    assert (await signed(engine)).size == receipt["position"]
    async with served(app) as address:
        testing = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "schemathesis.cli"),
            *("--config-file", str(HERE / "schemathesis.toml")),
            *("run", f"{address}/openapi.json", "--checks", "all", "--continue-on-failure"),
            *("--max-examples", str(EXAMPLES), "--max-time", str(SECONDS), "--no-color"),
            *("--generation-database", "none", "--suppress-health-check", "all"),
            *("--header", f"Authorization: Bearer {anna.token}"),
            env={**os.environ, "SCHEMATHESIS_HOOKS": "tests.openapi_hooks"},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        told, _ = await testing.communicate()
    assert testing.returncode == 0, told.decode()


async def test_every_answer_is_described_whole(anna: Caller) -> None:
    document = (await anna.gets("/openapi.json")).gives(200).body
    operations = [each for path in document["paths"].values() for each in path.values()]
    assert len({operation["operationId"] for operation in operations}) == len(operations) > 25

    for operation in operations:
        assert all("X-Request-ID" in each["headers"] for each in operation["responses"].values())
        for status, response in operation["responses"].items():
            if int(status) >= 400 and operation["operationId"] != "is_ready":
                assert set(response["content"]) == {"application/problem+json"}
            if status == "401":
                assert response["headers"]["WWW-Authenticate"]["required"]
            if status in {"429", "503"} and operation["operationId"] != "is_ready":
                assert response["headers"]["Retry-After"]["required"]
    assert "HTTPValidationError" not in json.dumps(document)
