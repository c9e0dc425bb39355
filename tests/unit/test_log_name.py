"""The name that checkpoints are signed by, as `catalog migrate` and `catalog up` read it."""

import pytest

from cli.environment import Migration, read
from cli.errors import WrongSettings
from events.log_name import DEFAULT_LOG_NAME
from events.notes import VerifierKey


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CATALOG_DATABASE_URL", "postgresql://")
    monkeypatch.delenv("CATALOG_LOG_NAME", raising=False)


def test_a_log_has_a_name_without_being_given_one() -> None:
    assert read(Migration).log_name == DEFAULT_LOG_NAME


@pytest.mark.parametrize(
    "name", ["a", "log.example.org", "log.example.org/~shop/catalog_1", "a" * 255]
)
def test_it_is_an_address_that_a_note_can_carry(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("CATALOG_LOG_NAME", name)
    key = VerifierKey(read(Migration).log_name, bytes(32))
    assert VerifierKey.parse(str(key)).name == name


@pytest.mark.parametrize(
    "name", ["", "a+b", "a b", "a\n", "a\N{NO-BREAK SPACE}", "/a", "a" * 256, "é"]
)
def test_what_a_note_cannot_carry_is_refused(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("CATALOG_LOG_NAME", name)
    with pytest.raises(WrongSettings, match="CATALOG_LOG_NAME"):
        read(Migration)
