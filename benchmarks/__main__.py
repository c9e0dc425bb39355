"""`make bench`: what the service does in a second, on servers of its own."""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from benchmarks.first_import import measure
from cli import embedded

SAMPLE = Path(__file__).parent.parent / "cli" / "sample" / "products.ndjson.gz"


def main(
    feed: Annotated[Path, typer.Option(help="NDJSON to import, plain or gzip.")] = SAMPLE,
    copies: Annotated[
        int, typer.Option(min=1, help="How often to repeat the feed, under other SKUs.")
    ] = 25,
    rounds: Annotated[int, typer.Option(min=1, help="Rounds; the median counts.")] = 3,
    kill_worker: Annotated[  # noqa: FBT002 -- Typer makes --kill-worker of it
        bool, typer.Option(help="Kill the worker in the middle of every second round.")
    ] = False,
) -> None:
    """Import a feed into an empty catalog while a worker projects it."""
    with TemporaryDirectory(prefix="catalog-bench-") as directory:
        path = Path(directory)
        with embedded.postgres(path) as postgres, embedded.redis(path) as redis:
            asyncio.run(
                measure(
                    postgres.url,
                    redis.url,
                    path,
                    feed,
                    copies=copies,
                    rounds=rounds,
                    kill_worker=kill_worker,
                )
            )


if __name__ == "__main__":
    typer.run(main)
