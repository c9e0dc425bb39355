"""The `catalog` command in this process."""

import sys
from collections.abc import Callable
from io import BytesIO, TextIOWrapper

import pytest

from cli import main

type Catalog = Callable[..., int]


def catalog_command(monkeypatch: pytest.MonkeyPatch) -> Catalog:
    """A function of the command's arguments, and of what is `typed`, to its exit code."""

    def run(*arguments: str, typed: str = "") -> int:
        monkeypatch.setattr(sys, "argv", ["catalog", *arguments])
        monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(typed.encode())))
        with pytest.raises(SystemExit) as ended:
            main.run()
        return int(ended.value.code or 0)

    return run
