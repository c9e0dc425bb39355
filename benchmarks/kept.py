"""Figures as a file, for whoever wants to go on with them."""

import json
from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[Path | None, typer.Option("--json", help="Write the figures to this file, too.")]


def keep(path: Path | None, figures: dict[str, object]) -> None:
    if path:
        path.write_text(json.dumps(figures, indent=2) + "\n")
