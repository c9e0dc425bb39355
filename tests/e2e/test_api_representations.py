"""What the read side sends: all of it, compressed, or not again."""

import gzip
import json

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.conversation import PRODUCTS, Answer, Caller
from tests.signing import signed

pytest_plugins = ("tests.conversation_fixtures",)
pytestmark = pytest.mark.usefixtures("projecting")

CHECKPOINT = "/v1/catalogs/main/audit/checkpoint"
PLAIN = {"Accept-Encoding": "identity"}
PACKED = {"Accept-Encoding": "gzip"}


async def given_history(anna: Caller) -> str:
    """A product with a long description, read once: its history's address."""
    receipt = await anna.given(description="Bright. " * 2000)
    await anna.reads(PRODUCTS, receipt["position"])
    return f"{PRODUCTS}/{receipt['id']}/history"


@pytest.fixture
async def addresses(anna: Caller, engine: AsyncEngine) -> list[str]:
    history = await given_history(anna)
    await signed(engine)
    return [PRODUCTS, history, history.removesuffix("/history"), CHECKPOINT]


async def bytes_of(caller: Caller, path: str, headers: dict[str, str]) -> tuple[Answer, bytes]:
    """An answer, and what came over the wire."""
    sent = {"Authorization": f"Bearer {caller.token}", **headers}
    async with caller.http.stream("GET", path, headers=sent) as response:
        raw = b"".join([each async for each in response.aiter_raw()])
    return Answer(response), raw


async def test_what_is_known_is_not_sent_again(anna: Caller, addresses: list[str]) -> None:
    for path in addresses:
        first = (await anna.gets(path)).gives(200)
        again = await anna.gets(path, {"If-None-Match": first.headers["ETag"]})

        assert not again.gives(304).response.content
        for name in ("ETag", "Catalog-Position", "Cache-Control", "Vary"):
            assert again.headers[name] == first.headers[name], path
        assert "Content-Type" not in again.headers


async def test_what_has_changed_is_sent(anna: Caller, addresses: list[str]) -> None:
    *changing, _ = addresses
    known = [(await anna.gets(path)).headers["ETag"] for path in changing]
    product = changing[2]
    change = (await anna.asks("PATCH", product, json={"name": "Sun"})).gives(200).body

    for path, etag in zip(changing, known, strict=True):
        awaited = {"Catalog-Min-Position": str(change["position"]), "Catalog-Wait": "10000"}
        now = {"If-None-Match": etag, **awaited}
        assert (await anna.gets(path, now)).gives(200).headers["ETag"] != etag


async def test_large_answers_are_compressed_for_who_takes_it(
    anna: Caller, addresses: list[str]
) -> None:
    for path in addresses[:3]:
        plain, whole = await bytes_of(anna, path, PLAIN)
        packed, squeezed = await bytes_of(anna, path, PACKED)

        assert "Content-Encoding" not in plain.headers
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(squeezed) == whole
        assert len(squeezed) < len(whole) / 4
        assert int(packed.headers["Content-Length"]) == len(squeezed)
        assert packed.headers["ETag"] == f'{plain.headers["ETag"][:-1]}-gzip"'
        assert "Accept-Encoding" in plain.headers["Vary"]
        assert plain.headers["Vary"] == packed.headers["Vary"]
        for etag in (plain.headers["ETag"], packed.headers["ETag"]):
            known = await anna.gets(path, PACKED | {"If-None-Match": etag})
            assert known.gives(304).headers["ETag"] == etag


async def test_small_ones_are_not(anna: Caller) -> None:
    answer, whole = await bytes_of(anna, PRODUCTS, PACKED)

    assert "Content-Encoding" not in answer.headers
    assert json.loads(whole)["items"] == []


@pytest.mark.parametrize("wanted", [PLAIN, PACKED])
async def test_a_head_tells_what_a_get_would(
    anna: Caller, addresses: list[str], wanted: dict[str, str]
) -> None:
    for path in addresses:
        got, whole = await bytes_of(anna, path, wanted)
        head = (await anna.asks("HEAD", path, headers=wanted)).gives(200)

        assert not head.response.content
        assert int(head.headers["Content-Length"]) == len(whole)
        own = {"x-request-id": "", "ratelimit": ""}
        assert {**head.headers} | own == {**got.headers} | own
        known = {"If-None-Match": got.headers["ETag"]}
        (await anna.asks("HEAD", path, headers=wanted | known)).gives(304)


async def test_an_etag_of_whatever_was_read_is_one_to_write_on(anna: Caller) -> None:
    receipt = await anna.given()
    path = f"{PRODUCTS}/{receipt['id']}"
    for version, form in enumerate(("", "-gzip", "-parked", "-parked-gzip"), receipt["version"]):
        change = {"name": f"Lamp {version}"}
        stated = {"If-Match": f'"{version}{form}"'}
        (await anna.asks("PATCH", path, json=change, headers=stated)).gives(200)
        stale = await anna.asks("PATCH", path, json={"name": "Sun"}, headers=stated)
        stale.refused(412, "version-conflict")
    for malformed in ('"7-gz"', '"-gzip"', '"7-gzip-parked"', '"7-gzip'):
        answer = await anna.asks("PATCH", path, json={}, headers={"If-Match": malformed})
        answer.refused(422, "invalid-input")
