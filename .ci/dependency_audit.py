"""Dependencies against what is known to be vulnerable, and against the licences that are allowed.

What is vulnerable, or under another licence, fails. Where the network does not let anybody look up
vulnerabilities this says so, and only the licences count.
"""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
LOCKS = ("docker/requirements.lock", "requirements.lock")
NAME = re.compile(r"^[A-Za-z0-9._-]+(?===)", re.MULTILINE)
TIMEOUT_SECONDS = 600


def main() -> int:
    found = [what for lock in LOCKS for what in vulnerable(lock, report_on(lock))]
    for what in found:
        sys.stderr.write(f"vulnerable: {what}\n")
    return int(bool(found)) or licences()


def report_on(lock: str) -> dict[str, Any] | None:
    """What pip-audit reports; None where it could look up nothing at all."""
    options = ("--require-hashes", "--disable-pip", "--progress-spinner", "off", "-f", "json")
    audited = _run("pip_audit", "-r", lock, *options)
    try:
        report: dict[str, Any] = json.loads(audited.stdout)
    except ValueError:
        sys.stderr.write(f"{last_line(audited.stderr)}\n")
        return None
    looked_up = [each for each in report["dependencies"] if "skip_reason" not in each]
    return report if looked_up else None


def last_line(told: str) -> str:
    """Of a traceback: what went wrong."""
    return told.rstrip().rpartition("\n")[2]


def vulnerable(lock: str, report: dict[str, Any] | None) -> list[str]:
    """The dependencies with known vulnerabilities; says how many could be looked up."""
    if report is None:
        sys.stdout.write(f"{lock}: vulnerabilities can't be looked up from here\n")
        return []
    dependencies = report["dependencies"]
    looked_up = [each for each in dependencies if "skip_reason" not in each]
    sys.stdout.write(f"{lock}: {len(looked_up)} of {len(dependencies)} looked up\n")
    return [
        f"{each['name']} {each['version']}: {flaw['id']}"
        for each in looked_up
        for flaw in each["vulns"]
    ]


def licences() -> int:
    """Of what the image holds: the list, and whether one is not allowed (pyproject.toml)."""
    locked = NAME.findall((ROOT / LOCKS[0]).read_text())
    listed = _run("piplicenses", "--packages", *locked)
    sys.stdout.write(listed.stdout)
    sys.stderr.write(listed.stderr)
    return listed.returncode


def _run(module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 -- nothing of it comes from outside
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        text=True,
        capture_output=True,
        check=False,
        timeout=TIMEOUT_SECONDS,
    )


if __name__ == "__main__":
    sys.exit(main())
