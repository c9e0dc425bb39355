"""Whoever runs the service finds each of its settings in the documentation, and no other."""

import re

from pydantic_settings import BaseSettings

from api.settings import Settings
from cli.environment import Administrator, Migration
from tests.observability import ROOT

DOCUMENTS = [ROOT / "docs" / name for name in ("deployment.md", "observing.md", "operations.md")]
TEXT = "\n".join(each.read_text() for each in DOCUMENTS)
STACK = (ROOT / "docker/compose.yaml").read_text()
NAME = re.compile(r"\bCATALOG_[A-Z_]*[A-Z]\b")
ROW = re.compile(r"\| `(CATALOG_\w+)` \| ([^|]+) \|")


def names(kind: type[BaseSettings]) -> set[str]:
    prefix = kind.model_config.get("env_prefix", "")
    return {f"{prefix}{name}".upper() for name in kind.model_fields}


def test_each_setting_is_documented_by_its_full_name() -> None:
    assert names(Settings) - {*NAME.findall(TEXT)} == set()


def test_nothing_is_documented_that_nobody_reads() -> None:
    read = names(Settings) | names(Migration) | names(Administrator) | {*NAME.findall(STACK)}
    assert {*NAME.findall(TEXT)} - read == set()


def test_the_numbers_are_those_that_hold_by_default() -> None:
    said = {name: re.match(r"[\d.]+", cell) for name, cell in ROW.findall(TEXT)}
    numbers = {
        name: float(number[0])
        for name, number in said.items()
        if number and name.removeprefix("CATALOG_").lower() in Settings.model_fields
    }
    assert len(numbers) > 25
    assert numbers == {
        name: Settings.model_fields[name.removeprefix("CATALOG_").lower()].default
        for name in numbers
    }
