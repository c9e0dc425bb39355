"""Prometheus itself reads the rules, and sets off each alert as its test has it."""

import io
import shutil
import subprocess
import tarfile

import pytest

from tests.observability import PROMETHEUS

IMAGE = "prom/prometheus:v2.53.3"
"""As in `docker/compose.yaml`."""
CHECKS = (
    "mkdir /tmp/given && cd /tmp/given && tar -x"
    " && promtool check config prometheus.yml && cd tests && promtool test rules *.yml"
)


def is_there() -> bool:
    if not shutil.which("docker"):
        return False
    found = subprocess.run(["docker", "image", "inspect", IMAGE], capture_output=True, check=False)
    return found.returncode == 0


def files() -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        archive.add(PROMETHEUS, arcname=".")
    return packed.getvalue()


@pytest.mark.skipif(not is_there(), reason="needs Docker and Prometheus's image")
def test_prometheus_takes_the_rules_and_their_tests_pass() -> None:
    command = ["docker", "run", "--rm", "--interactive", "--network", "none", "--entrypoint", "sh"]
    done = subprocess.run(
        [*command, IMAGE, "-c", CHECKS],
        input=files(),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, (done.stdout + done.stderr).decode()
