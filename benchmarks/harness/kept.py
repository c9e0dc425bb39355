"""Figures as a file, for whoever wants to go on with them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import msgspec
import typer

Json = Annotated[Path | None, typer.Option("--json", help="Write the figures to this file, too.")]


def keep(path: Path | None, figures: Mapping[str, object]) -> None:
    """What has no end is null there: JSON knows numbers alone."""
    if path:
        path.write_bytes(msgspec.json.format(msgspec.json.encode(figures)) + b"\n")
