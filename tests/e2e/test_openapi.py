"""The OpenAPI document and the service, held against each other in both directions."""

import asyncio
import json
from collections import Counter

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy.ext.asyncio import AsyncEngine

from api.settings import Settings
from tests.conversation import Caller
from tests.openapi_run import run_for
from tests.openapi_staff import Staff
from tests.serving import served
from tests.signing import signed

pytest_plugins = ("tests.conversation_fixtures",)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """With room for all exports that happen to be asked for at a time."""
    return settings.model_copy(update={"exports_limit": 20})


ADMINISTRATORS = 6
OTHERS = 3
"""Examples of each operation."""


@pytest.mark.usefixtures("projecting")
async def test_the_service_does_what_its_document_says_whoever_asks(
    anna: Caller, app: FastAPI, client: AsyncClient, engine: AsyncEngine
) -> None:
    """An administrator asks for everything; others are refused what their roles do not allow."""
    receipt = await anna.given()
    outlet = {"key": "outlet", "name": "Outlet", "default_currency": "EUR"}
    (await anna.posts("/v1/catalogs", outlet)).gives(201)
    assert (await signed(engine)).size == receipt["position"]
    staff = dict(await Staff(client, engine, anna).given())
    administrator = staff.pop("anna")
    async with served(app) as address:
        found = await asyncio.gather(
            run_for(address, administrator, examples=ADMINISTRATORS, phases="coverage"),
            run_for(address, administrator, examples=ADMINISTRATORS, phases="fuzzing,stateful"),
            *(
                run_for(address, tester, examples=OTHERS, phases="fuzzing")
                for tester in staff.values()
            ),
        )
    assert not any(found), "\n".join(found)
    for tester in (administrator, *staff.values()):
        (await Caller(client, tester.token).gets("/v1/me")).gives(200)


async def test_every_answer_is_described_whole(anna: Caller) -> None:
    document = (await anna.gets("/openapi.json")).gives(200).body
    operations = [each for path in document["paths"].values() for each in path.values()]
    assert len({operation["operationId"] for operation in operations}) == len(operations) > 25

    shared = document["components"]["responses"]
    answers = [
        (operation["operationId"], status, shared.get(_referred(response), response))
        for operation in operations
        for status, response in operation["responses"].items()
    ]
    for operation_id, status, answer in answers:
        assert "X-Request-ID" in answer["headers"]
        if int(status) >= 400 and operation_id != "is_ready":
            assert set(answer["content"]) == {"application/problem+json"}
        if status == "401":
            assert answer["headers"]["WWW-Authenticate"]["required"]
        if status in {"429", "503"} and operation_id != "is_ready":
            assert answer["headers"]["Retry-After"]["required"]
    assert "HTTPValidationError" not in json.dumps(document)


async def test_an_answer_of_several_operations_is_told_once(anna: Caller) -> None:
    document = (await anna.gets("/openapi.json")).gives(200).body
    told = [
        response
        for path in document["paths"].values()
        for operation in path.values()
        for response in operation["responses"].values()
    ]
    shared = document["components"]["responses"]
    in_place = [response for response in told if "$ref" not in response]
    written = Counter(json.dumps(each, sort_keys=True) for each in (*in_place, *shared.values()))
    assert max(written.values()) == 1
    assert {_referred(response) for response in told} - {""} == set(shared)
    assert list(shared) == sorted(shared)


async def test_every_operation_says_what_it_does_and_what_it_takes(anna: Caller) -> None:
    document = (await anna.gets("/openapi.json")).gives(200).body
    operations = [each for path in document["paths"].values() for each in path.values()]

    assert len({operation["summary"] for operation in operations}) == len(operations)
    for operation in operations:
        assert operation["description"], operation["operationId"]
        for parameter in operation["parameters"]:
            assert parameter["description"], (operation["operationId"], parameter["name"])
    [token] = (each for each in operations if each["operationId"] == "issue_token")
    assert {} in token["security"]
    schemes = {name for scheme in token["security"] for name in scheme}
    assert [document["components"]["securitySchemes"][name]["scheme"] for name in schemes] == [
        "basic"
    ]
    for told in ("grant_type=client_credentials", "Idempotency-Key", "If-Match", "Retry-After"):
        assert told in document["info"]["description"]


def _referred(response: dict[str, str]) -> str:
    return response.get("$ref", "").removeprefix("#/components/responses/")
