"""Bodies that would cost more than they say: too long, too deep, packed."""

import gzip
import json
from collections.abc import AsyncIterator

import pytest
from httpx import AsyncClient

from tests.conversation import LAMP, PRODUCTS, Caller

pytest_plugins = ("tests.conversation_fixtures",)

BODY_BYTES = 1_048_576
JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    "deep",
    [
        b"[" * 1_000_000,
        b'{"a":' * 200_000,
        b"[" * 500_000 + b"]" * 500_000,
        b'{"attributes":' + b"[" * 40 + b"]" * 40 + b"}",
    ],
)
@pytest.mark.parametrize(("method", "path"), [("POST", PRODUCTS), ("POST", "/v1/users")])
async def test_what_is_nested_too_deeply_is_refused(
    anna: Caller, method: str, path: str, deep: bytes
) -> None:
    (await anna.asks(method, path, content=deep)).refused(422, "nested-too-deeply")


@pytest.mark.parametrize("form", ["application/merge-patch+json", "application/json; charset=x"])
async def test_whatever_is_read_as_json_is_looked_at(anna: Caller, form: str) -> None:
    answer = await anna.asks(
        "PATCH", f"{PRODUCTS}/x", content=b"[" * 1_000, headers={"Content-Type": form}
    )
    answer.refused(422, "nested-too-deeply")


@pytest.mark.parametrize("form", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le"])
@pytest.mark.parametrize("depth", [0, 70])
async def test_json_is_read_as_utf8_alone(anna: Caller, form: str, depth: int) -> None:
    """A quote that only other forms read as escaped hides the brackets behind it."""
    nested = '{"sku":"A","name":"n","n":["\\"",' + "[" * depth + "]" * depth + "]}"
    answer = await anna.asks("POST", PRODUCTS, content=nested.encode(form), headers=JSON)
    answer.refused(400, "malformed-json")


async def test_brackets_in_texts_are_no_depth(anna: Caller) -> None:
    described = LAMP | {"description": '["{\\' * 1_000}
    (await anna.posts(PRODUCTS, described)).gives(201)


async def test_a_body_in_pieces_is_looked_at_as_a_whole(anna: Caller, client: AsyncClient) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"["

    headers = JSON | {"Authorization": f"Bearer {anna.token}"}
    answer = await client.post(PRODUCTS, content=pieces(), headers=headers)
    assert answer.json()["type"] == "/problems/nested-too-deeply"


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate, identity", "x"])
async def test_what_is_packed_is_not_unpacked(anna: Caller, coding: str) -> None:
    packed = gzip.compress(json.dumps(LAMP).encode())
    answer = await anna.asks("POST", PRODUCTS, content=packed, headers={"Content-Encoding": coding})
    answer.refused(415, "unsupported-coding")
    assert answer.headers["Accept-Encoding"] == "identity"


async def test_a_body_that_says_it_is_plain_is_plain(anna: Caller) -> None:
    plain = json.dumps(LAMP).encode()
    answer = await anna.asks(
        "POST", PRODUCTS, content=plain, headers={"Content-Encoding": "Identity"}
    )
    answer.gives(201)


@pytest.mark.parametrize("form", ["application/json", "application/x-www-form-urlencoded"])
async def test_a_body_that_is_too_long_is_refused(anna: Caller, form: str) -> None:
    long = b"a" * (BODY_BYTES + 1)
    answer = await anna.asks("POST", PRODUCTS, content=long, headers={"Content-Type": form})
    answer.refused(413, "body-too-large")
