import socket
import sys

import psutil
import pytest
from pydantic import SecretStr

from api.settings import Settings
from cli.serving_process import started

SETTINGS = Settings(database_url=SecretStr("postgresql://"), redis_url=SecretStr("redis://"))


async def test_who_can_not_be_started_leaves_nothing_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        before = psutil.Process().num_fds()
        with pytest.raises(FileNotFoundError):
            await started(SETTINGS, listening, {})
        assert psutil.Process().num_fds() <= before
