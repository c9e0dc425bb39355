"""`catalog import` in this process: its counts, and what it says beside them."""

import asyncio
import json
from pathlib import Path

import pytest

from tests.command import catalog_command


class Imports:
    """A function of the command's arguments to its counts."""

    def __init__(
        self,
        monkeypatch: pytest.MonkeyPatch,
        captured: pytest.CaptureFixture[str],
        database_url: str,
        redis_url: str,
    ) -> None:
        monkeypatch.setenv("CATALOG_DATABASE_URL", database_url)
        monkeypatch.setenv("CATALOG_REDIS_URL", redis_url)
        self._catalog = catalog_command(monkeypatch)
        self._captured = captured
        self.said: list[str] = []
        """The lines of standard error."""

    async def __call__(self, *arguments: object, exits: int = 0, typed: str = "") -> dict[str, int]:
        """Those that are not 0; none of a usage error."""
        return await asyncio.to_thread(self.run, *arguments, exits=exits, typed=typed)

    def run(self, *arguments: object, exits: int = 0, typed: str = "") -> dict[str, int]:
        self._captured.readouterr()
        code = self._catalog("import", *map(str, arguments), "--json", typed=typed)
        out, err = self._captured.readouterr()
        self.said = err.splitlines()
        assert code == exits, err
        counts: dict[str, int] = json.loads(out.splitlines()[-1]) if out else {}
        return {name: count for name, count in counts.items() if count}


def ndjson(path: Path, *rows: object) -> Path:
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return path


def lamp(number: int, **said: object) -> dict[str, object]:
    return {"sku": f"LAMP-{number}", "name": f"Lamp {number}", **said}


def lamps(*numbers: int) -> list[dict[str, object]]:
    return [lamp(number) for number in numbers]
