"""What is installed is all that there is: an image has no other code."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
INSTALLED = ("api", "cli", "commands", "events", "migrations", "projections", "queries", "workers")


def test_every_package_is_installed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    listed = project["tool"]["setuptools"]["packages"]
    there = {
        file.parent.relative_to(ROOT).as_posix().replace("/", ".")
        for name in INSTALLED
        for file in (ROOT / name).rglob("*.py")
    }
    assert {*listed} == there
