"""`catalog verify` on the test's own database."""

from functools import partial

import pytest

from cli import verification
from events.verify.log import Asked
from tests.audited import Verify
from tests.command import catalog_command


@pytest.fixture
def verify(
    monkeypatch: pytest.MonkeyPatch, database_url: str, capsys: pytest.CaptureFixture[str]
) -> Verify:
    """It reads the log in pages of 37 events."""
    monkeypatch.setattr(verification, "Asked", partial(Asked, page=37))
    monkeypatch.setenv("CATALOG_DATABASE_URL", database_url)
    return Verify(catalog_command(monkeypatch), capsys)
