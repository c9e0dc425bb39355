"""The sample catalog, for a first look at an installation that holds nothing yet."""

from pathlib import Path

from rich.console import Console


def import_into_empty(url: str, directory: Path, console: Console) -> None:
    """Into the catalog `main` when it has no events, or when this was interrupted."""
