"""Words and facets of a list over HTTP, and what is refused."""

import re
from typing import Any

import pytest

from tests.conversation import PRODUCTS, Caller

pytest_plugins = ("tests.conversation_fixtures",)


async def stocked(anna: Caller, catalog: str = "main") -> int:
    """Four products: the position of the last one."""
    receipts = [
        await anna.posts(f"/v1/catalogs/{catalog}/products", {"attributes": {}, **fields})
        for fields in (
            {"sku": "A-1", "name": "Running lamp", "category": "home/lamps", "brand": "Lux"},
            {"sku": "A-2", "name": "Chair", "description": "Stands by a lamp", "category": "home"},
            {"sku": "A-3", "name": "Käse-Öfchen", "attributes": {"watts": 40, "dim": True}},
            {"sku": "A-4", "name": "Desk", "tags": ["lamp"], "attributes": {"watts": "40"}},
        )
    ]
    return max(int(receipt.gives(201).body["position"]) for receipt in receipts)


def skus(body: dict[str, Any]) -> list[str]:
    return [item["sku"] for item in body["items"]]


@pytest.mark.usefixtures("projecting")
async def test_what_has_the_words_is_found_best_first(anna: Caller) -> None:
    position = await stocked(anna)
    found = (await anna.reads(f"{PRODUCTS}?q=LAM", position)).body
    assert skus(found)[0] == "A-1", "a word of a name counts most"
    assert skus(found)[1:] == ["A-4", "A-2"], "then one of a tag, then one of a description"
    assert found["total"] == {"value": 3, "relation": "exact"}
    assert "facets" not in found
    named = (await anna.gets(f"{PRODUCTS}?q=lam&sort=name")).gives(200).body
    assert skus(named) == ["A-2", "A-4", "A-1"]
    accented = (await anna.gets(f"{PRODUCTS}?q=kase%20ofchen")).gives(200).body
    assert skus(accented) == ["A-3"]


@pytest.mark.usefixtures("projecting")
async def test_pages_of_what_was_found_go_on(anna: Caller) -> None:
    position = await stocked(anna)
    first = (await anna.reads(f"{PRODUCTS}?q=lam&limit=2", position)).body
    rest = await anna.gets(f"{PRODUCTS}?q=lam&limit=2&cursor={first['next_cursor']}")
    assert skus(first) + skus(rest.gives(200).body) == ["A-1", "A-4", "A-2"]
    other = await anna.gets(f"{PRODUCTS}?q=la&limit=2&cursor={first['next_cursor']}")
    other.refused(422, "invalid-cursor")


@pytest.mark.usefixtures("projecting")
async def test_facets_are_there_when_they_are_asked_for(anna: Caller) -> None:
    position = await stocked(anna)
    path = f"{PRODUCTS}?facets=category,brand&facets=attr.watts,brand&brand=Lux"
    found = (await anna.reads(path, position)).body
    assert skus(found) == ["A-1"]
    assert found["facets"] == {
        "category": [{"value": "home", "count": 1}, {"value": "home/lamps", "count": 1}],
        "brand": [{"value": "Lux", "count": 1}],
        "attr.watts": [],
    }
    watts = (await anna.gets(f"{PRODUCTS}?facets=attr.watts,attr.dim,price")).gives(200).body
    assert watts["facets"] == {
        "attr.watts": [{"value": "40", "count": 2}],
        "attr.dim": [{"value": "true", "count": 1}],
        "price": [],
    }


@pytest.mark.usefixtures("projecting")
async def test_words_are_those_of_the_catalog_s_language(anna: Caller) -> None:
    opened = {"key": "en", "name": "English", "default_currency": "USD", "language": "english"}
    (await anna.posts("/v1/catalogs", opened)).gives(201)
    position = await stocked(anna, "en")
    path = "/v1/catalogs/en/products"
    await anna.reads(path, position)
    for q, found in {
        "run": ["A-1"],
        "runs": ["A-1"],
        "runnin": ["A-1"],
        "standing the lamp": ["A-2"],
        "standing the": [],
        "by": ["A-2"],
        "the": [],
    }.items():
        assert skus((await anna.gets(f"{path}?q={q}")).gives(200).body)[:1] == found, q


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("q=", "/q"),
        ("q=%20-%20", "/q"),
        ("q=_", "/q"),
        ("q=a%00", "/q"),
        (f"q={'a' * 201}", "/q"),
        ("sort=relevance", "/sort"),
        ("sort=best&q=lamp", "/sort"),
        ("facets=", "/facets/0"),
        ("facets=colour", "/facets/0"),
        ("facets=brand,attr.", "/facets/1"),
        (f"attr.a={'a' * 1001}", "/attr.a"),
        ("attr.a=%00", "/attr.a"),
        ("&".join(f"attr.a{n}=x" for n in range(21)), ""),
        ("facets=" + ",".join(f"attr.a{n}" for n in range(11)), "/facets"),
    ],
)
async def test_what_can_not_be_asked_is_refused(anna: Caller, query: str, pointer: str) -> None:
    (error,) = (await anna.gets(f"{PRODUCTS}?{query}")).refused(422, "invalid-input")["errors"]
    assert (error["in"], error["pointer"]) == ("query", pointer)


async def test_facets_that_there_are_are_named(anna: Caller) -> None:
    (error,) = (await anna.gets(f"{PRODUCTS}?facets=foo")).refused(422, "invalid-input")["errors"]
    assert "category, brand, status, tag, price, or attr.<name>" in error["message"]


@pytest.mark.parametrize("q", ["\u043b\u0430\u043c\u043f\u0430", "\u706f", "\u03bb"])
async def test_the_document_lets_every_script_be_searched(anna: Caller, q: str) -> None:
    (await anna.gets(f"{PRODUCTS}?q={q}")).gives(200)
    document = (await anna.gets("/openapi.json")).gives(200).body
    described = document["components"]["schemas"]["Words"]["pattern"]
    assert re.search(described, q, re.ASCII), "as ECMA-262 reads it"


async def test_as_many_attributes_are_asked_for_as_may_be(anna: Caller) -> None:
    query = "&".join(f"attr.a{number}=x" for number in range(20))
    (await anna.gets(f"{PRODUCTS}?{query}")).gives(200)
