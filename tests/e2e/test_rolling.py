"""Processes that serve on one port are replaced while they are asked, and nobody notices."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from api.settings import Settings
from cli.address import Address
from tests.appends import logged
from tests.auth import given_key, given_user
from tests.callers import calling
from tests.eventually import eventually
from tests.supervised import HOST, Supervised, supervised

pytest_plugins = ("tests.conversation_fixtures",)


@pytest.fixture
async def service(
    settings: Settings, engine: AsyncEngine, tmp_path: Path
) -> AsyncIterator[Supervised]:
    await given_key(engine)
    await given_user(engine, "anna", {"*": "admin"})
    with supervised(settings, tmp_path) as started:
        await started.are_serving(2)
        yield started


@pytest.mark.usefixtures("projecting")
async def test_replacing_and_stopping_them_under_load_fails_no_request_and_loses_no_write(
    service: Supervised, engine: AsyncEngine
) -> None:
    before = service.serving

    async def are_replaced(old: set[int]) -> bool:
        return len(service.serving) == 2 and not old & service.serving

    async with calling(await service.client_of("anna")) as callers:
        await callers.are_answered()
        service.tell(signal.SIGHUP)
        await eventually(lambda: are_replaced(before))
        await callers.are_answered()

        stopped = min(service.serving)
        os.kill(stopped, signal.SIGTERM)
        await eventually(lambda: are_replaced({stopped}))
        await callers.are_answered()
        assert set(callers.told) == {"200"}

        service.tell(signal.SIGTERM)
        assert await asyncio.to_thread(service.process.wait, 30) == 0

    # who connects in the moment when the last one stops to listen may be cut off, and asked nothing
    assert set(callers.told) <= {"200", "ConnectionResetError"}
    kept = {(each.stream_id, each.version) for each in await logged(engine)}
    assert set(callers.receipts) <= kept


def installed(release: Path) -> Path:
    """An interpreter that may be taken away under those who run already."""
    interpreter = release / "bin" / "python"
    interpreter.parent.mkdir(parents=True)
    interpreter.symlink_to(sys.executable)
    for shared in Path(sys.prefix).iterdir():
        if shared.name != interpreter.parent.name:
            (release / shared.name).symlink_to(shared)
    return interpreter


async def test_who_can_start_nobody_keeps_who_is_there_and_none_outlives_the_supervisor(
    settings: Settings, engine: AsyncEngine, tmp_path: Path
) -> None:
    await given_key(engine)
    interpreter = installed(tmp_path / "release")
    with supervised(settings, tmp_path, drain_seconds=600, interpreter=interpreter) as service:
        await service.are_serving(2)
        before = service.serving

        async def refused(times: int) -> bool:
            return service.log.read_text().count("process_not_started") >= times

        interpreter.unlink()
        service.tell(signal.SIGHUP)
        await eventually(lambda: refused(1))
        assert service.serving == before

        died = min(before)
        os.kill(died, signal.SIGKILL)
        await eventually(lambda: refused(3))
        assert service.serving == before - {died}

        interpreter.symlink_to(sys.executable)
        await service.are_serving(2)
        serving = [psutil.Process(pid) for pid in service.serving]
        service.process.kill()
        service.process.wait()

        async def ended() -> bool:
            return not any(
                each.is_running() and each.status() != psutil.STATUS_ZOMBIE for each in serving
            )

        await eventually(ended)
    Address(HOST, service.port).refuse_taken("--port")
