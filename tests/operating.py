"""An operator at the command line."""

import asyncio
import json
from typing import Any

import pytest

from tests.command import Catalog


class Operator:
    """Somebody who types `catalog projections …`, and what it told him last."""

    def __init__(self, catalog: Catalog, captured: pytest.CaptureFixture[str]) -> None:
        self._catalog = catalog
        self._captured = captured
        self.read = ""
        self.warned = ""

    async def does(self, *arguments: str) -> int:
        """The exit code."""
        self._captured.readouterr()  # the log of what came before
        code = await asyncio.to_thread(self._catalog, "projections", *arguments)
        self.read, self.warned = self._captured.readouterr()
        return code

    @property
    def documents(self) -> list[dict[str, Any]]:
        """What it told as JSON, a document a line."""
        return [json.loads(line) for line in self.read.splitlines()]
