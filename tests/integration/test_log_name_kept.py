"""A log keeps the name that it was first signed by, and who sets another is told."""

import asyncio

import pytest

from tests.command import Catalog, catalog_command


@pytest.fixture
def catalog(monkeypatch: pytest.MonkeyPatch, database_url: str) -> Catalog:
    monkeypatch.setenv("CATALOG_DATABASE_URL", database_url)
    monkeypatch.delenv("CATALOG_ADMIN_PASSWORD", raising=False)
    return catalog_command(monkeypatch)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("log.example.org", "catalog: CATALOG_LOG_NAME=log.example.org has no effect: "),
        ("catalog.local", ""),
        (None, ""),
    ],
)
@pytest.mark.usefixtures("engine")
async def test_another_name_is_warned_of(
    catalog: Catalog,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    name: str | None,
    said: str,
) -> None:
    monkeypatch.delenv("CATALOG_LOG_NAME", raising=False)
    if name:
        monkeypatch.setenv("CATALOG_LOG_NAME", name)

    assert await asyncio.to_thread(catalog, "migrate") == 0

    told = capfd.readouterr().err
    assert told.startswith(said)
    assert told.count("\n") == (1 if said else 0)
