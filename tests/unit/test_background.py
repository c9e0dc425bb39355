"""What a process does beside its requests goes on, whatever it fails with."""

import asyncio

import pytest
from structlog.testing import capture_logs

from api import background
from api.background import running


class Loop:
    """Fails each time, unless it is to go on."""

    def __init__(self) -> None:
        self.begun = 0
        self.goes_on = False
        self.has_begun = asyncio.Event()

    async def run(self) -> None:
        self.begun += 1
        if self.goes_on:
            self.has_begun.set()
            await asyncio.Event().wait()
        if self.begun == 3:
            self.goes_on = True
        raise LookupError(self.begun)


async def test_what_fails_is_logged_and_begun_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "AGAIN_SECONDS", 0)
    failing = Loop()

    with capture_logs() as entries:
        async with running(failing.run):
            await failing.has_begun.wait()

    assert [(entry["event"], entry["log_level"]) for entry in entries] == [
        ("background_failed", "error")
    ] * 3
    assert "Loop.run" in entries[0]["of"]


async def test_it_is_begun_anew_at_a_bounded_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "AGAIN_SECONDS", 60)
    failing = Loop()

    async with running(failing.run):
        for _ in range(100):
            await asyncio.sleep(0)

    assert failing.begun == 1


async def test_what_fails_when_it_is_to_end_harms_no_end() -> None:
    ended, began = asyncio.Event(), asyncio.Event()

    async def fails_in_the_end() -> None:
        try:
            began.set()
            await asyncio.Event().wait()
        finally:
            raise LookupError

    async def ends() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async with running(fails_in_the_end, ends):
        await began.wait()

    assert ended.is_set()
