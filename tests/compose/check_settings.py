"""What the stack hands on to its processes; nothing of it is started."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.compose.stack import COMPOSE_FILE

APPLICATIONS = ("migrate", "command-api", "query-api", "worker")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CATALOG_TRUSTED_PROXIES", "10.0.0.0/8"),
        ("CATALOG_LOG_LEVEL", "debug"),
        ("CATALOG_LOG_NAME", "log.example.org"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318"),
    ],
)
def test_what_stands_in_the_file_reaches_every_process(
    tmp_path: Path, name: str, value: str
) -> None:
    shutil.copy(COMPOSE_FILE, tmp_path)
    (tmp_path / "catalog.env").write_text(f"{name}={value}\n")
    environments = told(tmp_path / COMPOSE_FILE.name)
    assert {each: environments[each].get(name) for each in APPLICATIONS} == dict.fromkeys(
        APPLICATIONS, value
    )


def test_without_the_file_all_is_as_by_default(tmp_path: Path) -> None:
    shutil.copy(COMPOSE_FILE, tmp_path)
    assert told(tmp_path / COMPOSE_FILE.name)["query-api"] == {
        "CATALOG_SECRETS_DIR": "/run/secrets"
    }


def told(file: Path) -> dict[str, dict[str, str]]:
    """The environment of each application."""
    command = ["docker", "compose", "-f", str(file), "config", "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    services = json.loads(done.stdout)["services"]
    return {each: services[each]["environment"] for each in APPLICATIONS}
