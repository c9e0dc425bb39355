"""One run: what was measured in it may be held against each other, and nothing else."""

import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

ROOT = Path(__file__).parents[2]


class AcrossRunsError(ValueError):
    """Figures of different runs: another hour, perhaps another machine."""


@dataclass(frozen=True, slots=True)
class Run:
    id: UUID
    begun: datetime
    commit: str
    """Of the code, with `+` where files were changed since; empty outside of a checkout."""


def _git(*arguments: str) -> str:
    done = subprocess.run(  # noqa: S603 -- the arguments are ours
        ["git", "-C", ROOT, *arguments],  # noqa: S607 -- as installed
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip()


def _begun() -> Run:
    changed = "+" if _git("status", "--porcelain", "--untracked-files=no") else ""
    return Run(uuid4(), datetime.now(UTC), _git("rev-parse", "--short", "HEAD") + changed)


THIS = _begun()
"""That of the process."""
