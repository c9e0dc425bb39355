"""The contract of the category tree."""

from typing import Any

import pytest

from tests.conversation import PRODUCTS, Caller

pytest_plugins = ("tests.conversation_fixtures",)
pytestmark = pytest.mark.usefixtures("projecting")

CATEGORIES = "/v1/catalogs/main/categories"


async def given_shop(anna: Caller) -> int:
    """Four products, one of them archived: the position of the last event."""
    placed = {"A": "home/lamps", "B": "home/lamps/desk", "C": "garden", "E": None}
    for sku, category in placed.items():
        await anna.given(sku=sku, category=category)
    receipt = await anna.given(sku="D", category="home")
    archived = await anna.posts(f"{PRODUCTS}/{receipt['id']}/archive")
    position: int = archived.gives(200).body["position"]
    return position


async def test_the_tree_has_every_category_and_its_ancestors(anna: Caller) -> None:
    answer = await anna.reads(CATEGORIES, await given_shop(anna))

    assert answer.body == {
        "items": [
            {"category": "garden", "slug": "garden", "count": 1, "children": []},
            {
                "category": "home",
                "slug": "home",
                "count": 2,
                "children": [
                    {
                        "category": "home/lamps",
                        "slug": "lamps",
                        "count": 2,
                        "children": [
                            {
                                "category": "home/lamps/desk",
                                "slug": "desk",
                                "count": 1,
                                "children": [],
                            }
                        ],
                    }
                ],
            },
        ]
    }


async def test_each_count_is_that_of_a_list(anna: Caller) -> None:
    position = await given_shop(anna)
    todo: list[dict[str, Any]] = list((await anna.reads(CATEGORIES, position)).body["items"])
    while todo:
        node = todo.pop()
        listed = (await anna.gets(f"{PRODUCTS}?category={node['category']}")).gives(200).body
        assert listed["total"] == {"value": node["count"], "relation": "exact"}
        todo += node["children"]


async def test_it_is_as_new_as_is_asked_for(anna: Caller) -> None:
    assert (await anna.reads(CATEGORIES, 0)).body == {"items": []}
    for number in range(1, 4):
        receipt = await anna.given(sku=f"S-{number}", category="home")

        answer = await anna.reads(CATEGORIES, receipt["position"])

        assert answer.body["items"][0]["count"] == number
        assert int(answer.headers["Catalog-Position"]) >= receipt["position"]


async def test_one_that_is_known_is_not_sent_again(anna: Caller) -> None:
    answer = await anna.reads(CATEGORIES, await given_shop(anna))

    known = await anna.gets(CATEGORIES, {"If-None-Match": answer.headers["ETag"]})
    assert known.gives(304).headers["ETag"] == answer.headers["ETag"]


async def test_who_may_not_read_does_not_see_it(anna: Caller) -> None:
    (await Caller(anna.http).gets(CATEGORIES)).refused(401, "unauthenticated")
    (await anna.gets("/v1/catalogs/none/categories")).refused(404, "unknown-catalog")
    (await anna.gets(f"{CATEGORIES}?depth=1")).refused(422, "invalid-input")
    far = {"Catalog-Min-Position": "1000", "Catalog-Wait": "20"}
    (await anna.gets(CATEGORIES, far)).refused(503, "projection-behind")
