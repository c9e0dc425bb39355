"""How other commands find the embedded servers of a running `catalog up`."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

DATA_DIRECTORY = ".catalog"


@contextmanager
def told(directory: Path, addresses: Mapping[str, str]) -> Iterator[None]:
    """In a file of the data directory, as long as the servers run."""
    path = _path(directory)
    path.write_text("".join(f"{name}={value}\n" for name, value in addresses.items()))
    try:
        yield
    finally:
        path.unlink()


def forget(directory: Path) -> None:
    """What a killed `catalog up` told: its servers are gone."""
    _path(directory).unlink(missing_ok=True)


def adopt() -> None:
    """Add to the environment what a running `catalog up` tells, unless a database is named."""
    path = _path(Path(os.environ.get("CATALOG_DATA_DIR", DATA_DIRECTORY)))
    named = {"CATALOG_DATABASE_URL", "CATALOG_SECRETS_DIR"} & os.environ.keys()
    if named or not path.is_file():
        return
    for line in path.read_text().splitlines():
        name, _, value = line.partition("=")
        os.environ.setdefault(name, value)


def _path(directory: Path) -> Path:
    return directory / "servers.env"
