"""What a command tells whoever types it."""

import asyncio

import pytest

from tests.command import catalog_command


class Told:
    """A function of the command's arguments to the lines that it prints."""

    def __init__(
        self,
        monkeypatch: pytest.MonkeyPatch,
        database_url: str,
        captured: pytest.CaptureFixture[str],
        command: str,
    ) -> None:
        monkeypatch.setenv("CATALOG_DATABASE_URL", database_url)
        self._catalog = catalog_command(monkeypatch)
        self._captured = captured
        self._command = command
        self.complaints: list[str] = []

    async def __call__(self, *arguments: str, exits: int = 0) -> list[str]:
        """Those of standard error, which also are `complaints`, when it fails as it should."""
        return await self.of(self._command, *arguments, exits=exits)

    async def of(self, command: str, *arguments: str, exits: int = 0) -> list[str]:
        """The same of another command."""
        self._captured.readouterr()
        code = await asyncio.to_thread(self._catalog, command, *arguments)
        out, err = self._captured.readouterr()
        assert code == exits, err
        self.complaints = err.splitlines()
        return self.complaints if exits else out.splitlines()
