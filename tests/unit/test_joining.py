"""What is written of an answer, and when."""

import asyncio
from collections.abc import Iterable

import pytest

from api.transport.joining import Joining

HEAD, BODY = b"HTTP/1.1 200 OK\r\n\r\n", b"{}"


class Wire(asyncio.Transport):
    """Remembers each write."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[bytes] = []
        self.is_closed = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.writes.append(bytes(data))

    def writelines(self, list_of_data: Iterable[bytes | bytearray | memoryview]) -> None:
        self.write(b"".join(list_of_data))

    def close(self) -> None:
        self.is_closed = True

    def is_closing(self) -> bool:
        return self.is_closed


@pytest.fixture
def wire() -> Wire:
    return Wire()


async def test_a_head_goes_with_its_body(wire: Wire) -> None:
    answer = Joining(wire)
    answer.write(HEAD)
    answer.write(BODY)
    await asyncio.sleep(0)
    assert wire.writes == [HEAD + BODY]


async def test_a_head_goes_without_a_body_that_is_empty(wire: Wire) -> None:
    answer = Joining(wire)
    answer.write(HEAD)
    answer.write(b"")
    assert wire.writes == [HEAD]


async def test_a_head_does_not_wait_for_what_comes_later(wire: Wire) -> None:
    answer = Joining(wire)
    answer.write(HEAD)
    await asyncio.sleep(0)
    assert wire.writes == [HEAD]


async def test_what_comes_later_goes_at_once(wire: Wire) -> None:
    answer = Joining(wire)
    answer.write(HEAD)
    await asyncio.sleep(0)
    answer.write(BODY)
    answer.write(BODY)
    assert wire.writes == [HEAD, BODY, BODY]


async def test_a_head_goes_before_the_connection(wire: Wire) -> None:
    answer = Joining(wire)
    answer.write(HEAD)
    answer.close()
    assert (wire.writes, answer.is_closing()) == ([HEAD], True)


async def test_nothing_is_written_to_who_has_gone(wire: Wire) -> None:
    answer = Joining(wire)
    answer.write(HEAD)
    wire.close()
    await asyncio.sleep(0)
    assert wire.writes == []
