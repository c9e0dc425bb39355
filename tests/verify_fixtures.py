"""`catalog verify` on the test's own database."""

import pytest

from events import walk
from tests.audited import Verify
from tests.command import catalog_command


@pytest.fixture
def verify(
    monkeypatch: pytest.MonkeyPatch, database_url: str, capsys: pytest.CaptureFixture[str]
) -> Verify:
    """It reads in pages of 37 rows."""
    monkeypatch.setattr(walk, "PAGE", 37)
    monkeypatch.setenv("CATALOG_DATABASE_URL", database_url)
    return Verify(catalog_command(monkeypatch), capsys)
