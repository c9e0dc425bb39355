"""The contract of the read side: documents, freshness, lists, history."""

import pytest

from tests.conversation import NOBODY, PRODUCTS, Caller

pytest_plugins = ("tests.conversation_fixtures",)
pytestmark = pytest.mark.usefixtures("projecting")

FIELDS = {
    "id",
    "sku",
    "name",
    "description",
    "brand",
    "category",
    "tags",
    "attributes",
    "prices",
    "media",
    "status",
    "version",
    "created_at",
    "updated_at",
}


async def test_what_was_written_is_read_by_id_and_by_sku(anna: Caller) -> None:
    receipt = await anna.given(attributes={"watt": 7.5, "dim": True}, tags=["new"])

    by_id = await anna.reads(f"{PRODUCTS}/{receipt['id']}", receipt["position"])
    by_sku = await anna.reads(f"{PRODUCTS}/by-sku/LAMP-1", receipt["position"])

    assert by_id.body == by_sku.body
    assert set(by_id.body) == FIELDS
    assert by_id.body["prices"] == [{"currency": "USD", "amount": 1999, "decimal": "19.99"}]
    assert by_id.headers["ETag"] == f'"{receipt["version"]}"'
    assert int(by_id.headers["Catalog-Position"]) >= receipt["position"]


async def test_what_is_known_is_not_sent_again(anna: Caller) -> None:
    receipt = await anna.given()
    path = f"{PRODUCTS}/{receipt['id']}"
    await anna.reads(path, receipt["position"])

    for known in ('"2"', 'W/"2"', '"1", "2"', "*"):
        answer = (await anna.gets(path, {"If-None-Match": known})).gives(304)
        assert not answer.response.content
        assert answer.headers["ETag"] == '"2"'
    (await anna.gets(path, {"If-None-Match": '"1"'})).gives(200)


async def test_a_head_has_the_headers_and_no_body(anna: Caller) -> None:
    receipt = await anna.given()
    path = f"{PRODUCTS}/{receipt['id']}"
    read = await anna.reads(path, receipt["position"])

    head = (await anna.asks("HEAD", path)).gives(200)

    assert not head.response.content
    assert head.headers["Content-Length"] == str(len(read.response.content))
    assert head.headers["ETag"] == read.headers["ETag"]
    (await anna.asks("HEAD", f"{PRODUCTS}/{NOBODY}")).gives(404)


async def test_a_read_waits_no_longer_than_it_is_told(anna: Caller) -> None:
    far = {"Catalog-Min-Position": "1000", "Catalog-Wait": "20"}

    answer = await anna.gets(PRODUCTS, far)

    problem = answer.refused(503, "projection-behind")
    assert (problem["position"], problem["minimum"]) == (0, 1000)
    assert int(answer.headers["Retry-After"]) >= 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Catalog-Min-Position", "-1"),
        ("Catalog-Min-Position", "soon"),
        ("Catalog-Min-Position", "9" * 5_000),
        ("Catalog-Wait", "10001"),
        ("Catalog-Wait", "1.5"),
    ],
)
async def test_freshness_has_limits(anna: Caller, name: str, value: str) -> None:
    (error,) = (await anna.gets(PRODUCTS, {name: value})).refused(422, "invalid-input")["errors"]

    assert (error["in"], error["pointer"]) == ("header", f"/{name}")


async def test_a_list_goes_on_where_its_page_ended(anna: Caller) -> None:
    for number in range(5):
        await anna.given(sku=f"LAMP-{number}", name=f"Lamp {number}")

    page = await anna.reads(f"{PRODUCTS}?limit=2&sort=sku", 10)
    skus = [item["sku"] for item in page.body["items"]]
    assert page.body["total"] == {"value": 5, "relation": "exact"}
    while cursor := page.body["next_cursor"]:
        page = (await anna.gets(f"{PRODUCTS}?limit=2&sort=sku&cursor={cursor}")).gives(200)
        skus += [item["sku"] for item in page.body["items"]]

    assert skus == [f"LAMP-{number}" for number in range(5)]


async def test_a_list_is_narrowed_by_plain_filters(anna: Caller) -> None:
    lux = {"brand": "Lux", "category": "home/lamps", "tags": ["new"], "attributes": {"watt": 7}}
    await anna.given(**lux)
    other = await anna.given(sku="DESK-1", name="Desk", prices=[])
    archived = await anna.posts(f"{PRODUCTS}/{other['id']}/archive")

    await anna.reads(PRODUCTS, archived.gives(200).body["position"])

    for query in (
        "category=home&brand=Lux&tag=new&attr.watt=7&sku=LAMP-1",
        "price_min=1999&price_max=1999&currency=USD",
        "updated_since=2024-01-01T00:00:00Z&status=draft",
    ):
        found = (await anna.gets(f"{PRODUCTS}?{query}")).gives(200).body["items"]
        assert [item["sku"] for item in found] == ["LAMP-1"], query
    for query, count in (("", 1), ("status=any", 2), ("status=archived", 1), ("brand=Nox", 0)):
        found = (await anna.gets(f"{PRODUCTS}?{query}")).gives(200).body["items"]
        assert len(found) == count, query
    (await anna.gets(f"{PRODUCTS}/{other['id']}")).gives(200)


async def test_a_history_tells_who_changed_what(anna: Caller) -> None:
    receipt = await anna.given()
    path = f"{PRODUCTS}/{receipt['id']}"
    changing = {"X-Request-ID": "change-7"}
    await anna.asks("PUT", f"{path}/prices/USD", json={"amount": 1899}, headers=changing)

    first = (await anna.gets(f"{path}/history?limit=2")).gives(200).body
    rest = (await anna.gets(f"{path}/history?cursor={first['next_cursor']}")).gives(200).body

    assert [item["type"] for item in first["items"]] == ["ProductRegistered", "PriceSet"]
    (change,) = rest["items"]
    assert (change["version"], change["actor"]) == (3, "anna")
    assert change["correlation_id"] == "change-7"
    assert change["changes"][0]["field"] == "prices.USD"
    assert rest["next_cursor"] is None
    (await anna.gets(f"{PRODUCTS}/{NOBODY}/history")).refused(404, "unknown-product")


@pytest.mark.parametrize("path", [f"{PRODUCTS}/{NOBODY}", f"{PRODUCTS}/by-sku/NONE"])
async def test_nothing_is_read_of_nobody(anna: Caller, path: str) -> None:
    (await anna.gets(path)).refused(404, "unknown-product")


@pytest.mark.usefixtures("projecting")
async def test_a_cursor_is_taken_back_however_long_the_names(anna: Caller) -> None:
    names = [letter * 500 for letter in "\u4e00\u4e8c"]
    receipts = [await anna.given(sku=f"S-{n}", name=name) for n, name in enumerate(names)]
    page = await anna.reads(f"{PRODUCTS}?limit=1", receipts[-1]["position"])
    following = (await anna.gets(f"{PRODUCTS}?limit=1&cursor={page.body['next_cursor']}")).gives(
        200
    )
    assert [item["name"] for item in page.body["items"] + following.body["items"]] == names
