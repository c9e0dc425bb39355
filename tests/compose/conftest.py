import os
import sys
from collections.abc import Iterator

import httpx
import pytest

from tests.compose.stack import Stack


@pytest.fixture(scope="session")
def stack(request: pytest.FixtureRequest) -> Iterator[Stack]:
    """Built and started as on a fresh machine; nothing of it stays."""
    started = Stack(project=f"catalog-test-{os.getpid()}")
    try:
        started.up()
        yield started
    finally:
        if request.session.testsfailed:
            _show(request.config, started.compose("logs", "--no-color", "--tail", "40"))
        started.down()


@pytest.fixture(scope="session")
def token(stack: Stack) -> str:
    password = stack.read_from("migrate", "/run/secrets/catalog_admin_password")
    form = {"grant_type": "password", "username": "admin", "password": password}
    answer = httpx.post(f"{stack.url('command-api')}/v1/auth/token", data=form)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


@pytest.fixture
def commands(stack: Stack, token: str) -> Iterator[httpx.Client]:
    with stack.client("command-api", token) as client:
        yield client


@pytest.fixture
def queries(stack: Stack, token: str) -> Iterator[httpx.Client]:
    with stack.client("query-api", token) as client:
        yield client


def _show(config: pytest.Config, text: str) -> None:
    with config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        sys.stdout.write(f"\n{text}\n")
