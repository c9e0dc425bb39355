"""The commands by their names, each imported when it is asked for: none waits for the others."""

from collections import UserDict
from collections.abc import Mapping
from functools import cache
from pkgutil import resolve_name
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_group

PLACES: Mapping[str, str] = {
    "up": "cli.up:up",
    "serve": "cli.serve:serve",
    "import": "cli.feeds.command:import_command",
    "export": "cli.export:export",
    "history": "cli.history:history",
    "diff": "cli.diff:diff_command",
    "prices": "cli.prices:prices_command",
    "revert": "cli.revert:revert_command",
    "replay": "cli.replay:replay",
    "restore": "cli.restore:restore",
    "verify": "cli.verify:verify",
    "rebuild": "cli.rebuild:rebuild_command",
    "worker": "cli.worker:worker",
    "migrate": "cli.migrate:migrate",
    "openapi": "cli.openapi:openapi",
    "imports": "cli.feeds.imports:app",
    "projections": "cli.projections:app",
    "users": "cli.users:app",
    "clients": "cli.clients:app",
    "keys": "cli.keys:app",
}
"""Functions, and groups of them."""
HIDDEN = {"openapi"}


class ImportedGroup(TyperGroup):
    def __init__(self, **attributes: Any) -> None:  # noqa: ANN401 -- as Typer's
        super().__init__(**attributes)
        self.commands = _Commands(PLACES)


class _Commands(UserDict[str, Any]):
    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 -- Typer has no public name for it
        return _imported(name, self.data[name])


@cache
def _imported(name: str, place: str) -> Any:  # noqa: ANN401 -- as above
    group = typer.Typer()
    found = resolve_name(place)
    if isinstance(found, typer.Typer):
        group.add_typer(found, name=name)
    else:
        group.command(name, hidden=name in HIDDEN)(found)
    return get_group(group).commands[name]
