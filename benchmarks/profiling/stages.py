"""The stages of a request, as `stages.toml` divides them."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

OTHER = "other"


@dataclass(frozen=True, slots=True)
class Stages:
    described: dict[str, str]
    """Each stage, in the order in which they are shown."""
    prefixes: dict[str, str]
    """The stage by what the names of its frames begin with."""

    def of(self, frames: Sequence[str]) -> str:
        """By the innermost frame that is known."""
        found = (self._of_frame(frame) for frame in reversed(frames))
        return next((stage for stage in found if stage), OTHER)

    def _of_frame(self, frame: str) -> str | None:
        fitting = (prefix for prefix in self.prefixes if frame.startswith(prefix))
        longest = max(fitting, key=len, default=None)
        return longest and self.prefixes[longest]


@cache
def stages() -> Stages:
    tables = tomllib.loads(Path(__file__).with_name("stages.toml").read_text())
    return Stages(
        {name: table["is"] for name, table in tables.items()} | {OTHER: "none of these"},
        {prefix: name for name, table in tables.items() for prefix in table["frames"]},
    )
