"""Prometheus itself reads the rules, and sets off each alert as its test has it."""

import io
import subprocess
import tarfile

from tests.observability import PROMETHEUS

IMAGE = "prom/prometheus:v2.53.3"
"""As in `docker/compose.yaml`."""
CHECKS = (
    "mkdir /tmp/given && cd /tmp/given && tar -x"
    " && promtool check config prometheus.yml && cd tests && promtool test rules *.yml"
)


def files() -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        archive.add(PROMETHEUS, arcname=".")
    return packed.getvalue()


def test_prometheus_takes_the_rules_and_their_tests_pass() -> None:
    command = ["docker", "run", "--rm", "--interactive", "--network", "none", "--entrypoint", "sh"]
    done = subprocess.run(
        [*command, IMAGE, "-c", CHECKS],
        input=files(),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, (done.stdout + done.stderr).decode()
