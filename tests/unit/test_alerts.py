"""Whoever is woken by an alert finds what it means and what to do."""

import re
from pathlib import Path

import pytest

from tests.observability import PROMETHEUS, ROOT, RULES, Alert, alerts

DOCUMENTS = "{{ $externalLabels.documents }}"
RUNBOOK = (ROOT / "docs/operations.md").read_text()
ROW = re.compile(r"^\| \[(\w+)\]\(#(\w+)\) \| (critical|warning) \|", re.MULTILINE)


def test_every_rule_is_an_alert_of_its_own_name() -> None:
    names = [each.name for each in alerts()]
    assert len(names) == sum(each.read_text().count("- alert:") for each in RULES)
    assert len(set(names)) == len(names)
    assert not any("- record:" in each.read_text() for each in RULES)


@pytest.mark.parametrize("alert", alerts(), ids=lambda alert: alert.name)
def test_an_alert_says_what_is_wrong_and_where_to_read_on(alert: Alert) -> None:
    anchor = alert.name.lower()
    assert alert.told("severity") in {"critical", "warning"}
    assert alert.told("summary")
    assert alert.told("description")
    assert alert.told("runbook_url") == f"{DOCUMENTS}/operations.md#{anchor}"
    assert f"\n### {alert.name}\n" in RUNBOOK


def test_where_to_read_on_is_set_once() -> None:
    settings = (PROMETHEUS / "prometheus.yml").read_text()
    [documents] = re.findall(r"^  external_labels:\n    documents: (\S+)$", settings, re.MULTILINE)
    assert Path(ROOT, documents, "operations.md").exists()


def test_the_runbook_lists_every_alert_with_its_severity_and_no_other() -> None:
    listed = ROW.findall(RUNBOOK)
    assert listed == [(name, name.lower(), severity) for name, _, severity in listed]
    assert {name: severity for name, _, severity in listed} == {
        each.name: each.told("severity") for each in alerts()
    }
    sections = re.findall(r"^### (Catalog\w+)$", RUNBOOK, re.MULTILINE)
    assert sections == [name for name, _, _ in listed]


def test_every_alert_is_set_off_by_a_test() -> None:
    tests = "".join(each.read_text() for each in PROMETHEUS.glob("tests/*.yml"))
    assert set(re.findall(r'alertname="(\w+)"', tests)) == {each.name for each in alerts()}
