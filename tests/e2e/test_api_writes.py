"""The contract of the write side: receipts, headers, and refusals that say what to do."""

from uuid import UUID

import pytest

from tests.conversation import LAMP, NOBODY, PRODUCTS, Caller

pytest_plugins = ("tests.conversation_fixtures",)


async def test_a_product_is_registered(anna: Caller) -> None:
    answer = (await anna.posts(PRODUCTS, LAMP)).gives(201)

    receipt = answer.body
    assert set(receipt) == {"id", "sku", "version", "position"}
    assert (receipt["sku"], receipt["version"], receipt["position"]) == ("LAMP-1", 2, 2)
    assert answer.headers["Location"] == f"{PRODUCTS}/{UUID(receipt['id'])}"
    assert answer.headers["ETag"] == '"2"'
    assert answer.headers["Catalog-Position"] == "2"


async def test_a_taken_sku_names_its_holder(anna: Caller) -> None:
    receipt = await anna.given()

    problem = (await anna.posts(PRODUCTS, LAMP)).refused(409, "sku-taken")

    assert problem["title"] == "SKU taken"
    assert problem["product_id"] == receipt["id"]
    assert problem["instance"] == PRODUCTS


async def test_every_command_answers_with_a_receipt(anna: Caller) -> None:
    receipt = await anna.given()
    path = f"{PRODUCTS}/{receipt['id']}"
    commands: list[tuple[str, str, object]] = [
        ("PATCH", path, {"name": "Lamp 2", "brand": "Lux", "attributes": {"watt": 7.5}}),
        ("PUT", f"{path}/prices/EUR", {"amount": 1799}),
        ("DELETE", f"{path}/prices/USD", None),
        ("POST", f"{path}/publish", None),
        ("POST", f"{path}/unpublish", None),
        ("POST", f"{path}/archive", {"reason": "recall"}),
        ("POST", f"{path}/restore", None),
    ]
    version = receipt["version"]
    for method, address, body in commands:
        answer = (await anna.asks(method, address, json=body)).gives(200)

        assert answer.body["version"] > version, (method, address)
        version = answer.body["version"]
        assert answer.headers["ETag"] == f'"{version}"'
        assert answer.headers["Catalog-Position"] == str(answer.body["position"])


async def test_a_command_that_changes_nothing_keeps_the_version(anna: Caller) -> None:
    receipt = await anna.given()

    answer = await anna.asks("PATCH", f"{PRODUCTS}/{receipt['id']}", json={"name": "Lamp"})

    assert answer.gives(200).body == receipt


async def test_a_whole_number_may_be_written_with_a_point(anna: Caller) -> None:
    receipt = await anna.given()

    path = f"{PRODUCTS}/{receipt['id']}/prices/USD"
    answer = await anna.asks("PUT", path, content=b'{"amount": 1999.0}')

    assert answer.gives(200).body == receipt


async def test_a_stale_version_is_told_what_it_did_not_know(anna: Caller) -> None:
    receipt = await anna.given()
    path = f"{PRODUCTS}/{receipt['id']}/prices/USD"
    fresh = {"If-Match": '"2"'}
    (await anna.asks("PUT", path, json={"amount": 1899}, headers=fresh)).gives(200)

    stale = await anna.asks("PUT", path, json={"amount": 1799}, headers=fresh)

    problem = stale.refused(412, "version-conflict")
    assert problem["current_version"] == 3
    (event,) = problem["events_since"]
    assert (event["version"], event["type"], event["actor"]) == (3, "PriceSet", "anna")
    assert event["data"] == {"currency": "USD", "amount": 1899}


@pytest.mark.parametrize(
    "given", ["*", "1", '"0"', 'W/"1"', '"1", "2"', '"99999999999"', "", '"x"']
)
async def test_a_version_is_one_strong_etag(anna: Caller, given: str) -> None:
    answer = await anna.posts(f"{PRODUCTS}/{NOBODY}/publish", If_Match=given)

    (error,) = answer.refused(422, "invalid-input")["errors"]
    assert (error["in"], error["pointer"]) == ("header", "/If-Match")


async def test_the_same_key_and_body_give_the_first_answer_again(anna: Caller) -> None:
    first = (await anna.posts(PRODUCTS, LAMP, Idempotency_Key="k1")).gives(201)
    assert "Idempotent-Replayed" not in first.headers

    again = (await anna.posts(PRODUCTS, LAMP, Idempotency_Key="k1")).gives(201)

    assert again.body == first.body
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.headers["Location"] == first.headers["Location"]
    other = await anna.posts(PRODUCTS, LAMP | {"name": "Desk"}, Idempotency_Key="k1")
    other.refused(422, "idempotency-key-reused")


@pytest.mark.parametrize("key", ["", "a" * 256, "ä", "a b"])
async def test_an_idempotency_key_is_printable_and_bounded(anna: Caller, key: str) -> None:
    headers = {"Idempotency-Key": key.encode("latin-1")}

    answer = await anna.asks("POST", PRODUCTS, json=LAMP, headers=headers)

    assert answer.refused(422, "invalid-input")["errors"][0]["pointer"] == "/Idempotency-Key"


async def test_publishing_needs_a_price(anna: Caller) -> None:
    receipt = await anna.given(prices=[])

    answer = await anna.posts(f"{PRODUCTS}/{receipt['id']}/publish")

    assert answer.refused(409, "not-publishable")["missing"] == ["prices"]


async def test_an_archived_product_is_restored_before_it_is_changed(anna: Caller) -> None:
    path = f"{PRODUCTS}/{(await anna.given())['id']}"
    (await anna.posts(f"{path}/archive", {"reason": "recall"})).gives(200)

    problem = (await anna.posts(f"{path}/publish")).refused(409, "invalid-transition")
    assert problem["product_status"] == "archived"
    changed = await anna.asks("PATCH", path, json={"name": "Desk"})
    changed.refused(409, "product-archived")


@pytest.mark.parametrize(
    ("method", "suffix", "body"),
    [
        ("PATCH", "", {}),
        ("PUT", "/prices/USD", {"amount": 1}),
        ("DELETE", "/prices/USD", None),
        ("POST", "/publish", None),
        ("POST", "/archive", None),
    ],
)
async def test_nobody_is_changed(anna: Caller, method: str, suffix: str, body: object) -> None:
    unknown = await anna.asks(method, f"{PRODUCTS}/{NOBODY}{suffix}", json=body)
    unknown.refused(404, "unknown-product")

    elsewhere = await anna.asks(method, f"/v1/catalogs/x/products/{NOBODY}{suffix}", json=body)
    elsewhere.refused(404, "unknown-catalog")
    nameless = await anna.asks(method, f"{PRODUCTS}/lamp{suffix}", json=body)
    assert nameless.refused(422, "invalid-input")["errors"][0]["pointer"] == "/product_id"


async def test_a_catalog_has_a_language(anna: Caller) -> None:
    laden = {"key": "laden", "name": "Laden", "default_currency": "EUR", "language": "german"}

    opened = (await anna.posts("/v1/catalogs", laden)).gives(201).body

    assert opened["language"] == "german"
    assert (await anna.gets("/v1/catalogs/laden")).gives(200).body == opened
    assert (await anna.gets("/v1/catalogs/main")).gives(200).body["language"] == "simple"
    klingon = laden | {"key": "qach", "language": "klingon"}
    refused = (await anna.posts("/v1/catalogs", klingon)).refused(422, "invalid-input")
    assert refused["errors"][0]["pointer"] == "/language"


async def test_a_catalog_is_opened_once(anna: Caller) -> None:
    outlet = {"key": "outlet", "name": "Outlet", "default_currency": "JPY"}

    opened = (await anna.posts("/v1/catalogs", outlet)).gives(201)

    assert opened.headers["Location"] == "/v1/catalogs/outlet"
    (await anna.posts("/v1/catalogs", outlet)).refused(409, "catalog-exists")
    assert (await anna.gets("/v1/catalogs/outlet")).gives(200).body == opened.body
    listed = (await anna.gets("/v1/catalogs")).gives(200).body["items"]
    assert {each["key"] for each in listed} == {"main", "outlet"}
    nowhere = outlet | {"key": "x", "default_currency": "XXX"}
    (await anna.posts("/v1/catalogs", nowhere)).refused(422, "unknown-currency")
