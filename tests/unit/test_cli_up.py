from contextlib import nullcontext
from pathlib import Path

import pytest

from cli import up
from cli.address import Address

MIGRATED = "postgresql://migrated"


class Rebuilt(Exception):  # noqa: N818 -- it says what happened
    pass


async def outdated(url: str) -> bool:
    return url == MIGRATED


def rebuild_now() -> None:
    raise Rebuilt


def test_read_tables_of_other_code_are_rebuilt_before_anything_is_started(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CATALOG_DATABASE_URL", MIGRATED)
    monkeypatch.setattr(up, "_servers", lambda _directory: nullcontext([]))
    monkeypatch.setattr(up, "migrated", lambda _settings: MIGRATED)
    monkeypatch.setattr(up, "is_outdated", outdated)
    monkeypatch.setattr(up, "rebuild_now", rebuild_now)
    nowhere = Address("127.0.0.1", 0)
    with pytest.raises(Rebuilt):
        up._run(Path(), nowhere, nowhere, sample=True)  # noqa: SLF001 -- `up` would take signals
