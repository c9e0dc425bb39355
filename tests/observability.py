"""What Grafana shows and Prometheus watches, as the files of the stack have it."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
DASHBOARDS = sorted(Path(ROOT, "docker/grafana/dashboards").glob("*.json"))
PROMETHEUS = ROOT / "docker/prometheus"
RULES = sorted(PROMETHEUS.glob("rules/*.yml"))
METRIC = re.compile(r"\bcatalog_(?:command|query|projection|build)_\w+")
ALERT = re.compile(r"^      - alert: (\w+)\n((?: {8}.*\n)+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Alert:
    name: str
    text: str

    def told(self, field: str) -> str:
        """What stands behind the name of a label or an annotation; empty where it is missing."""
        found = re.search(rf'^ {{10}}{field}: "?(.+?)"?$', self.text, re.MULTILINE)
        return found[1] if found else ""


def alerts() -> list[Alert]:
    return [Alert(*found) for each in RULES for found in ALERT.findall(each.read_text())]


def panels(dashboard: Path) -> Iterator[dict[str, Any]]:
    """Without the rows that they stand in."""
    for each in json.loads(dashboard.read_text())["panels"]:
        if each["type"] != "row":
            yield each
