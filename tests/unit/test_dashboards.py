"""Who looks at a dashboard at night sees what each panel means, and in what it counts."""

import json
from collections import Counter
from pathlib import Path

import pytest

from tests.observability import DASHBOARDS, panels

WIDTH = 24

each_dashboard = pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda path: path.stem)


def test_there_are_three() -> None:
    assert [each.stem for each in DASHBOARDS] == ["command-side", "projections", "query-side"]


@each_dashboard
def test_a_panel_says_what_it_shows_and_in_what(dashboard: Path) -> None:
    for panel in panels(dashboard):
        assert panel["description"].endswith(".") or "·" in panel["description"], panel["title"]
        assert panel["fieldConfig"]["defaults"]["unit"], panel["title"]
        assert panel["datasource"] == {"type": "prometheus", "uid": "prometheus"}
        assert all(target["legendFormat"] for target in panel["targets"]), panel["title"]


@each_dashboard
def test_panels_have_places_and_ids_of_their_own(dashboard: Path) -> None:
    ids = Counter(each["id"] for each in json.loads(dashboard.read_text())["panels"])
    assert set(ids.values()) == {1}
    taken: Counter[tuple[int, int]] = Counter()
    for panel in panels(dashboard):
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= WIDTH
        taken.update(
            (place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])
        )
    assert set(taken.values()) == {1}


@each_dashboard
def test_every_panel_but_those_of_all_heeds_what_was_chosen(dashboard: Path) -> None:
    chosen = [each["name"] for each in json.loads(dashboard.read_text())["templating"]["list"]]
    assert chosen == ["catalog", "instance"]
    deaf = [
        panel["title"]
        for panel in panels(dashboard)
        if not any("$instance" in t["expr"] or "$catalog" in t["expr"] for t in panel["targets"])
    ]
    assert deaf in ([], ["What read tables are made by"])
