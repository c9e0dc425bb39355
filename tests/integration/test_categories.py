"""The category tree of a catalog: exact where it says it is, and seldom counted."""

import asyncio
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from threading import Event
from uuid import UUID

import msgspec
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from events import product as facts
from events.database import create_engine, driver, statement
from events.errors import DatabaseUnavailable
from projections.interventions import finish
from queries import categories as counting
from queries.answer import Answer
from queries.categories import Categories
from queries.category_tree import Category, tree
from queries.database import ReadDatabase
from tests import shelf
from tests.given import DESK, LAMP, TELEPORTED, Log, opened, projected, registered
from tests.interventions import requested
from tests.parking import newer_release, retried
from tests.rebuilding import rebuilt
from tests.statements import statements

SHELF = shelf.shelf(120)
COUNT = statement("queries", "sql/count_products_by_category.sql")
lamps = replace(registered, category="home/lamps")
desks = replace(registered, sku="DESK-1", category="home/desks")


@pytest.fixture
def doubting(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept is never young enough."""
    monkeypatch.setattr(counting, "UNDOUBTED_SECONDS", 0)


def counts(answer: Answer[bytes]) -> dict[str, int]:
    def walk(nodes: list[Category]) -> Iterator[tuple[str, int]]:
        for node in nodes:
            yield node.category, node.count
            yield from walk(node.children)

    return dict(walk(msgspec.json.decode(answer.value, type=dict[str, list[Category]])["items"]))


async def test_every_product_counts_that_a_list_would_have(engine: AsyncEngine) -> None:
    await shelf.put(Log(engine), SHELF)
    await shelf.put(await opened(engine, "other"), SHELF[::2])
    await projected(engine)
    await projected(engine, "other")
    for catalog, products in (("main", SHELF), ("other", SHELF[::2])):
        listed = [each.category for each in products if each.status != "archived"]
        expected = tree(Counter(each for each in listed if each is not None).items())

        answer = await Categories(ReadDatabase(engine)).read(catalog, minimum=0)

        assert answer.value == msgspec.json.encode({"items": expected})


async def test_it_reflects_the_position_that_it_names(engine: AsyncEngine) -> None:
    head = await Log(engine).given(LAMP, lamps)
    before = await Categories(ReadDatabase(engine)).read("main", minimum=head)
    assert (before.position, counts(before)) == (0, {})
    await projected(engine)
    after = await Categories(ReadDatabase(engine)).read("main", minimum=head)
    assert (after.position, counts(after)) == (head, {"home": 1, "home/lamps": 1})


async def test_all_who_ask_at_a_time_share_one_count(engine: AsyncEngine) -> None:
    await Log(engine).given(LAMP, lamps)
    await projected(engine)
    categories = Categories(ReadDatabase(engine))
    with statements(engine, "projections") as seen:
        found = await asyncio.gather(*(categories.read("main", minimum=0) for _ in range(100)))
    assert len({id(answer.value) for answer in found}) == 1
    assert len(seen) == 1


@pytest.fixture
def undoubted(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept is always young enough."""
    monkeypatch.setattr(counting, "UNDOUBTED_SECONDS", 60)


@pytest.mark.usefixtures("undoubted")
async def test_a_young_tree_is_as_good_as_what_is_asked_for(engine: AsyncEngine) -> None:
    log, categories = Log(engine), Categories(ReadDatabase(engine))
    await log.given(LAMP, lamps)
    await projected(engine)
    young = await categories.read("main", minimum=0)
    head = await log.given(DESK, desks)
    await projected(engine)

    with statements(engine, "projections") as seen:
        assert await categories.read("main", minimum=head - 1) == young
        assert seen == []
        newer = await categories.read("main", minimum=head)
    assert (newer.position, counts(newer)["home"], len(seen)) == (head, 2, 1)


async def test_who_comes_while_it_is_counted_gets_what_he_asked_for(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A count that was begun before the position was reached is not for him."""
    log, categories = Log(engine), Categories(ReadDatabase(engine))
    counted, going_on = Event(), Event()

    def held_up(rows: Iterable[tuple[str, int]]) -> list[Category]:
        counted.set()
        going_on.wait(10)
        return tree(rows)

    monkeypatch.setattr(counting, "tree", held_up)
    await log.given(LAMP, lamps)
    await projected(engine)
    early = asyncio.create_task(categories.read("main", minimum=0))
    await asyncio.to_thread(counted.wait, 10)
    head = await log.given(DESK, desks)
    await projected(engine)
    late = asyncio.create_task(categories.read("main", minimum=head))
    await asyncio.sleep(0)
    going_on.set()

    assert counts(await early) == {"home": 1, "home/lamps": 1}
    assert counts(await late) == {"home": 2, "home/desks": 1, "home/lamps": 1}
    assert (await late).position == head


@pytest.mark.usefixtures("doubting")
async def test_nothing_is_counted_again_while_nothing_has_changed(engine: AsyncEngine) -> None:
    log, categories = Log(engine), Categories(ReadDatabase(engine))
    await log.given(LAMP, lamps)
    await projected(engine)
    first = await categories.read("main", minimum=0)

    assert (await categories.read("main", minimum=0)).value is first.value

    await log.given(DESK, desks)
    await projected(engine)
    assert counts(await categories.read("main", minimum=0))["home"] == 2


@pytest.mark.usefixtures("doubting")
async def test_it_changes_with_what_is_read_though_the_position_does_not(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, categories = Log(engine), Categories(ReadDatabase(engine))
    await log.given(LAMP, lamps)
    await log.given_stored(LAMP, TELEPORTED)
    await log.given(LAMP, facts.ProductCategorised(category="garden"))
    await projected(engine)
    assert counts(await categories.read("main", minimum=0)) == {"home": 1, "home/lamps": 1}

    newer_release(monkeypatch, {"name": "Lamp"})
    await retried(engine)
    assert counts(await categories.read("main", minimum=0)) == {"garden": 1}


@pytest.mark.usefixtures("doubting")
async def test_what_an_operator_has_made_anew_is_counted_anew(engine: AsyncEngine) -> None:
    log, categories = Log(engine), Categories(ReadDatabase(engine))
    await log.given(LAMP, lamps)
    await projected(engine)
    async with driver(engine) as connection:
        await connection.execute("update only read_1.product_search set category = 'stolen'")
    assert counts(await categories.read("main", minimum=0)) == {"stolen": 1}

    asked = await requested(engine, LAMP, "refold")
    await retried(engine)
    async with driver(engine) as connection:
        await finish(connection, asked, "done")

    assert counts(await categories.read("main", minimum=0)) == {"home": 1, "home/lamps": 1}


@pytest.mark.usefixtures("doubting")
async def test_another_generation_is_counted_anew(engine: AsyncEngine) -> None:
    await Log(engine).given(LAMP, lamps)
    await projected(engine)
    categories = Categories(ReadDatabase(engine))
    first = await categories.read("main", minimum=0)
    await rebuilt(engine)
    second = await categories.read("main", minimum=0)
    assert second == first
    assert second.value is not first.value


@pytest.mark.usefixtures("undoubted")
async def test_as_many_catalogs_are_remembered_as_there_is_room_for(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "KEPT_CATALOGS", 2)
    categories = Categories(ReadDatabase(engine))
    for catalog in ("one", "two", "three"):
        await categories.read(catalog, minimum=0)
    with statements(engine, "projections") as seen:
        for catalog in ("two", "three"):
            await categories.read(catalog, minimum=0)
        assert seen == []
        await categories.read("one", minimum=0)
        assert len(seen) == 1


async def test_without_postgresql_there_is_no_answer() -> None:
    away = create_engine("postgresql://127.0.0.1:1/none", pool_size=1, application="catalog-tests")
    with pytest.raises(DatabaseUnavailable):
        await Categories(ReadDatabase(away)).read("main", minimum=0)
    await away.dispose()


async def test_only_the_index_is_read(engine: AsyncEngine) -> None:
    products = [
        (UUID(int=number), [replace(registered, sku=f"S-{number}", category=f"c-{number % 50}")])
        for number in range(1, 3_001)
    ]
    await Log(engine).given_all(products)
    await projected(engine)
    async with driver(engine) as connection:
        await connection.execute("vacuum analyze read_1.product_search")
        lines = await connection.fetch(f"explain (analyze, costs off) {COUNT}", "main")
    plan = "\n".join(line[0] for line in lines)
    looks = re.findall(r"(\w[\w ]*) Scan.* on product_search", plan)
    assert looks == ["Index Only"] * 3, plan
