"""Cursors that are nearly those that a list gave out, or that another list did."""

from itertools import permutations

import pytest
from httpx import AsyncClient
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.auth import Service
from tests.conversation import PRODUCTS, Caller
from tests.mutations import Mutation, mutations

pytest_plugins = ("tests.conversation_fixtures",)

often = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
KINDS = ("products", "history", "reads", "own sessions", "sessions")


@pytest.fixture
async def lists(anna: Caller, client: AsyncClient, projecting: None) -> dict[str, tuple[str, str]]:
    """Each by the address of its pages, with a cursor that leads on."""
    assert projecting is None
    receipt = await anna.given()
    await anna.given(sku="LAMP-2")
    price = await anna.asks("PUT", f"{PRODUCTS}/{receipt['id']}/prices/EUR", json={"amount": 1})
    await anna.reads(PRODUCTS, price.gives(200).body["position"])
    await Service(client).token_of("anna")
    addresses = {
        "products": PRODUCTS,
        "history": f"{PRODUCTS}/{receipt['id']}/history",
        "reads": "/v1/catalogs/main/audit/reads",
        "own sessions": "/v1/me/sessions",
        "sessions": "/v1/users/anna/sessions",
    }
    found = {}
    for _ in range(2):  # whoever reads is recorded, so that there are some
        for name, address in addresses.items():
            page = (await anna.gets(f"{address}?limit=1")).gives(200).body
            found[name] = (f"{address}?limit=1", page["next_cursor"])
    for address, cursor in found.values():
        (await anna.gets(f"{address}&cursor={cursor}")).gives(200)
    return found


@often
@given(kind=st.sampled_from(KINDS), other=st.sampled_from(KINDS), mutation=mutations())
async def test_no_other_text_is_a_cursor(
    anna: Caller,
    lists: dict[str, tuple[str, str]],
    kind: str,
    other: str,
    mutation: Mutation,
) -> None:
    address, cursor = lists[kind]
    changed = mutation(cursor, lists[other][1])
    assume(changed not in {each for _, each in lists.values()})
    answer = await anna.http.get(
        address, params={"limit": 1, "cursor": changed}, headers={"Authorization": bearer(anna)}
    )
    assert answer.status_code == 422, changed
    assert answer.json()["type"] in {"/problems/invalid-cursor", "/problems/invalid-input"}


async def test_no_list_takes_the_cursor_of_another(
    anna: Caller, lists: dict[str, tuple[str, str]]
) -> None:
    same = {"sessions", "own sessions"}
    for kind, other in permutations(KINDS, 2):
        if {kind, other} != same:
            answer = await anna.gets(f"{lists[kind][0]}&cursor={lists[other][1]}")
            answer.refused(422, "invalid-cursor")


def bearer(caller: Caller) -> str:
    return f"Bearer {caller.token}"
