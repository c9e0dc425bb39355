import os
import subprocess
import sys
from pathlib import Path

from cli.__main__ import SHARED_METRICS


def test_only_a_supervisor_has_processes_share_their_metrics(tmp_path: Path) -> None:
    missing = str(tmp_path / "missing")
    subprocess.run(
        [sys.executable, "-m", "cli", "--help"],
        env={**os.environ, **dict.fromkeys(SHARED_METRICS, missing)},
        stdout=subprocess.DEVNULL,
        check=True,
    )
