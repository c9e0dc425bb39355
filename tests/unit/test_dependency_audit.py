"""What a report of pip-audit comes to; the reports themselves need a network."""

from typing import Any

import pytest

import dependency_audit

FLAWED = {"name": "lamp", "version": "1.0", "vulns": [{"id": "PYSEC-1"}, {"id": "PYSEC-2"}]}
SOUND = {"name": "bulb", "version": "2.0", "vulns": []}
SKIPPED = {"name": "wire", "skip_reason": "not found"}


def test_what_is_vulnerable_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    report = {"dependencies": [FLAWED, SOUND, SKIPPED]}
    assert dependency_audit.vulnerable("a.lock", report) == [
        "lamp 1.0: PYSEC-1",
        "lamp 1.0: PYSEC-2",
    ]
    assert capsys.readouterr().out == "a.lock: 2 of 3 looked up\n"


def test_what_could_not_be_looked_up_is_said_to_be_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert dependency_audit.vulnerable("a.lock", None) == []
    assert "can't be looked up" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("told", "is_report"),
    [
        ("", False),
        ('{"dependencies": []}', False),
        ('{"dependencies": [{"name": "wire", "skip_reason": "not found"}]}', False),
        ('{"dependencies": [{"name": "bulb", "version": "2.0", "vulns": []}]}', True),
    ],
)
def test_nothing_looked_up_is_no_report(
    monkeypatch: pytest.MonkeyPatch, told: str, *, is_report: bool
) -> None:
    class Audited:
        stdout, stderr = told, ""

    def run(*_: Any) -> Audited:  # noqa: ANN401
        return Audited()

    monkeypatch.setattr(dependency_audit, "_run", run)
    assert (dependency_audit.report_on("a.lock") is not None) == is_report


def test_what_went_wrong_is_told_without_its_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Failed:
        stdout, stderr = "", "Traceback:\n  File\nConnectionError: nobody there\n\n"

    def run(*_: Any) -> Failed:  # noqa: ANN401
        return Failed()

    monkeypatch.setattr(dependency_audit, "_run", run)
    assert dependency_audit.report_on("a.lock") is None
    assert capsys.readouterr().err == "ConnectionError: nobody there\n"


@pytest.mark.parametrize(("flaws", "code"), [([], 0), (["lamp 1.0: PYSEC-1"], 1)])
def test_a_vulnerability_fails(
    monkeypatch: pytest.MonkeyPatch, flaws: list[str], code: int
) -> None:
    monkeypatch.setattr(dependency_audit, "report_on", lambda _: None)
    monkeypatch.setattr(dependency_audit, "vulnerable", lambda *_: flaws)
    monkeypatch.setattr(dependency_audit, "licences", lambda: 0)
    assert dependency_audit.main() == code


def test_every_licence_of_what_the_image_holds_is_allowed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert dependency_audit.licences() == 0
    assert len(capsys.readouterr().out.splitlines()) > 40
