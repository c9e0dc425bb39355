"""Put it back, over HTTP: a receipt as of any write, and refusals that say what to do."""

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from api.auth.roles import Role
from events.database import driver
from tests.auth import Service, given_user
from tests.conversation import NOBODY, PRODUCTS, Caller

pytest_plugins = ("tests.conversation_fixtures",)


@pytest.fixture
async def lamp(anna: Caller) -> str:
    """The address of a lamp of 19.99, version 2, that became a sun of 17.99, version 4."""
    path = f"{PRODUCTS}/{(await anna.given())['id']}"
    (await anna.asks("PATCH", path, json={"name": "Sun"})).gives(200)
    (await anna.asks("PUT", f"{path}/prices/USD", json={"amount": 1799})).gives(200)
    return path


@pytest.mark.usefixtures("projecting")
async def test_a_product_is_put_back(anna: Caller, lamp: str) -> None:
    answer = (await anna.posts(f"{lamp}/revert", {"to_version": 2})).gives(200)

    receipt = answer.body
    assert set(receipt) == {"id", "sku", "version", "position"}
    assert (receipt["version"], answer.headers["ETag"]) == (6, '"6"')
    assert answer.headers["Catalog-Position"] == str(receipt["position"])
    shown = (await anna.reads(lamp, receipt["position"])).body
    assert (shown["name"], shown["version"]) == ("Lamp", 6)
    assert [price["amount"] for price in shown["prices"]] == [1999]


async def test_its_history_stays_and_names_the_cause(anna: Caller, lamp: str) -> None:
    (await anna.posts(f"{lamp}/revert", {"to_version": 2})).gives(200)

    history = (await anna.gets(f"{lamp}/history")).gives(200).body["items"]
    assert [item["version"] for item in history] == [1, 2, 3, 4, 5, 6]
    assert {item["actor"] for item in history[4:]} == {"anna"}
    causes = [item["causation_id"] for item in history]
    assert causes == [None, None, None, None, "position:2", "position:2"]


async def test_where_it_is_already_it_stays(anna: Caller, lamp: str) -> None:
    answer = (await anna.posts(f"{lamp}/revert", {"to_version": 4})).gives(200)
    assert (answer.body["version"], answer.headers["ETag"]) == (4, '"4"')


async def test_a_stale_version_is_told_what_it_did_not_know(anna: Caller, lamp: str) -> None:
    stale = await anna.posts(f"{lamp}/revert", {"to_version": 1}, If_Match='"3"')
    problem = stale.refused(412, "version-conflict")
    assert problem["current_version"] == 4
    assert [event["type"] for event in problem["events_since"]] == ["PriceSet"]
    (await anna.posts(f"{lamp}/revert", {"to_version": 1}, If_Match='"4"')).gives(200)


async def test_the_same_key_and_body_give_the_first_answer_again(anna: Caller, lamp: str) -> None:
    back = {"to_version": 1}
    first = (await anna.posts(f"{lamp}/revert", back, Idempotency_Key="k")).gives(200)
    again = (await anna.posts(f"{lamp}/revert", back, Idempotency_Key="k")).gives(200)
    assert again.body == first.body
    assert again.headers["Idempotent-Replayed"] == "true"
    other = await anna.posts(f"{lamp}/revert", {"to_version": 2}, Idempotency_Key="k")
    other.refused(422, "idempotency-key-reused")


async def test_a_version_still_to_come_is_refused_with_the_newest(anna: Caller, lamp: str) -> None:
    problem = (await anna.posts(f"{lamp}/revert", {"to_version": 5})).refused(
        404, "unknown-version"
    )
    assert problem["current_version"] == 4
    nobody = await anna.posts(f"{PRODUCTS}/{NOBODY}/revert", {"to_version": 1})
    nobody.refused(404, "unknown-product")


@pytest.mark.parametrize("version", [0, -1, 2**31, "1", 1.5, None, True])
async def test_a_version_is_a_positive_integer(anna: Caller, lamp: str, version: object) -> None:
    problem = await anna.posts(f"{lamp}/revert", {"to_version": version})
    (error,) = problem.refused(422, "invalid-input")["errors"]
    assert error["pointer"] == "/to_version"


async def test_what_was_published_without_a_price_is_refused_when_it_has_none(
    anna: Caller, lamp: str
) -> None:
    (await anna.posts(f"{lamp}/publish")).gives(200)
    removed = (await anna.asks("DELETE", f"{lamp}/prices/USD")).gives(200).body["version"]
    (await anna.posts(f"{lamp}/unpublish")).gives(200)

    problem = await anna.posts(f"{lamp}/revert", {"to_version": removed})

    assert problem.refused(409, "not-publishable")["missing"] == ["prices"]


async def test_a_sku_that_another_product_has_by_now_is_refused_with_its_holder(
    anna: Caller, lamp: str, engine: AsyncEngine
) -> None:
    async with driver(engine) as connection:
        await connection.execute(f"update event_store.claims set stream_id = '{NOBODY}'")
    problem = (await anna.posts(f"{lamp}/revert", {"to_version": 1})).refused(409, "sku-taken")
    assert problem["product_id"] == NOBODY


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("auditor", 403), ("editor", 200)])
async def test_editors_revert(
    anna: Caller, lamp: str, engine: AsyncEngine, role: Role, status: int
) -> None:
    await given_user(engine, "bob", {"main": role})
    bob = Caller(anna.http, await Service(anna.http).token_of("bob"))
    (await bob.posts(f"{lamp}/revert", {"to_version": 1})).gives(status)
