import json
from collections.abc import Callable

import pytest

from api.auth.signing.keys import KEPT_SECONDS
from cli.keys import SHORTEST_OVERLAP_SECONDS
from tests.command import Catalog, catalog_command

type Keys = Callable[[], list[dict[str, str]]]


@pytest.fixture
def catalog(monkeypatch: pytest.MonkeyPatch, database_url: str) -> Catalog:
    monkeypatch.setenv("CATALOG_DATABASE_URL", database_url)
    made = catalog_command(monkeypatch)
    assert made("migrate") == 0
    return made


@pytest.fixture
def keys(catalog: Catalog, capsys: pytest.CaptureFixture[str]) -> Keys:
    """As `keys list --json` tells them."""

    def listed() -> list[dict[str, str]]:
        capsys.readouterr()
        assert catalog("keys", "list", "--json") == 0
        found: list[dict[str, str]] = json.loads(capsys.readouterr().out)
        return found

    return listed


def test_keys_are_listed_without_what_is_secret_of_them(keys: Keys) -> None:
    (key,) = keys()

    assert key["state"] == "signs"
    assert set(key) == {"kid", "state", "since", "signs_from", "signs_until", "verifies_until"}


def test_a_key_follows_the_other_after_an_overlap(catalog: Catalog, keys: Keys) -> None:
    (old,) = keys()

    assert catalog("keys", "rotate") == 0

    new, signs = keys()
    assert (new["state"], signs["state"]) == ("next", "signs")
    assert (signs["kid"], signs["signs_until"]) == (old["kid"], new["signs_from"])


def test_nothing_is_rotated_while_a_key_waits(
    catalog: Catalog, keys: Keys, capsys: pytest.CaptureFixture[str]
) -> None:
    assert catalog("keys", "rotate", "--overlap", str(SHORTEST_OVERLAP_SECONDS)) == 0
    before = keys()

    assert catalog("keys", "rotate") == 1

    assert "rotate again" in capsys.readouterr().err
    assert keys() == before


def test_a_key_that_leaked_is_gone_at_once(
    catalog: Catalog, keys: Keys, capsys: pytest.CaptureFixture[str]
) -> None:
    (old,) = keys()
    capsys.readouterr()

    assert catalog("keys", "rotate", "--now", "--json") == 0

    (new,) = json.loads(capsys.readouterr().out)
    assert new["state"] == "signs"
    assert new["kid"] != old["kid"]


def test_the_next_key_is_not_published_too_shortly(catalog: Catalog, keys: Keys) -> None:
    assert SHORTEST_OVERLAP_SECONDS > 60 + KEPT_SECONDS
    assert catalog("keys", "rotate", "--overlap", str(SHORTEST_OVERLAP_SECONDS - 1)) == 2
    assert len(keys()) == 1


def test_people_are_shown_a_table(catalog: Catalog, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert catalog("keys", "rotate") == 0
    shown = capsys.readouterr().out
    assert "next" in shown
    assert "signs" in shown
