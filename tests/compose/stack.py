"""The stack of `docker/compose.yaml` under a project name and on free ports of its own."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

COMPOSE_FILE = Path(__file__).parents[2] / "docker" / "compose.yaml"
PUBLISHED = {"command-api": 8000, "query-api": 8000, "prometheus": 9090}
START_SECONDS = "180"


class CommandError(Exception):
    pass


@dataclass(frozen=True, slots=True)
class Stack:
    project: str

    @property
    def image(self) -> str:
        return f"{self.project}:test"

    def up(self, *services: str) -> None:
        """The services named, or all that no profile holds back."""
        self._compose("up", "--detach", "--wait", "--wait-timeout", START_SECONDS, *services)

    def down(self) -> None:
        self.compose("down", "--volumes", "--timeout", "5")
        self._run("docker", "image", "rm", self.image)

    def compose(self, *arguments: str) -> str:
        return self._compose("--profile", "observability", *arguments)

    def inside(self, service: str, *command: str) -> str:
        return self.compose("exec", "-T", service, *command)

    def read_from(self, service: str, path: str) -> str:
        """A file as a one-shot service sees it."""
        command = ("run", "--rm", "-T", "--no-deps", "--entrypoint", "cat", service, path)
        return self.compose(*command).strip()

    def sql(self, role: str, statement: str) -> str:
        flags = ("--no-psqlrc", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1")
        as_role = ("-U", role, "-d", "catalog", "-c", statement)
        return self.inside("postgres", "psql", *flags, *as_role).strip()

    def url(self, service: str) -> str:
        address = self.compose("port", service, str(PUBLISHED[service])).strip()
        return f"http://{address}"

    def client(self, service: str, token: str) -> httpx.Client:
        base_url = f"{self.url(service)}/v1/catalogs/main"
        headers = {"Authorization": f"Bearer {token}"}
        return httpx.Client(base_url=base_url, headers=headers, timeout=15)

    def container(self, service: str) -> dict[str, Any]:
        container_id = self.compose("ps", "--all", "--quiet", service).strip()
        found: list[dict[str, Any]] = json.loads(self._run("docker", "inspect", container_id))
        return found[0]

    def _compose(self, *arguments: str) -> str:
        file = str(COMPOSE_FILE)
        return self._run("docker", "compose", "-f", file, "-p", self.project, *arguments)

    def _run(self, *command: str) -> str:
        done = subprocess.run(
            command, env=self._environment(), capture_output=True, text=True, check=False
        )
        if done.returncode:
            message = f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
            raise CommandError(message)
        return done.stdout

    def _environment(self) -> dict[str, str]:
        free = {f"CATALOG_{name}_PORT": "0" for name in ("COMMAND", "QUERY", "PROMETHEUS")}
        return {**os.environ, **free, "CATALOG_IMAGE": self.image}
