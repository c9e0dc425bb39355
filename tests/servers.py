"""PostgreSQL and Redis for a run of the tests: containers where Docker answers, else embedded.

`CATALOG_TEST_SERVERS` chooses: `auto` (the default), `containers` or `embedded`.
"""

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from docker.errors import DockerException
from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import LogMessageWaitStrategy

from cli import embedded
from cli.data_directory import held
from migrations.run import upgrade

REDIS_DATABASES = 64
MEMORY = Path("/dev/shm")
ROOM_BYTES = 4 * 2**30
FAST = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "400",
    "shared_buffers": "256MB",
}


@dataclass(frozen=True, slots=True)
class Servers:
    database_url: str
    """A migrated, empty database: the template of each test's own."""
    redis_url: str


@contextmanager
def started() -> Iterator[Servers]:
    with _chosen() as servers:
        asyncio.run(upgrade(servers.database_url))
        yield servers


@contextmanager
def _chosen() -> Iterator[Servers]:
    choice = os.environ.get("CATALOG_TEST_SERVERS", "auto")
    with ExitStack() as stack:
        if choice == "containers":
            yield stack.enter_context(_containers())
        elif choice == "auto" and _docker_answers():
            yield _containers_if_they_can_be_had(stack)
        else:
            yield stack.enter_context(_embedded())


def _containers_if_they_can_be_had(stack: ExitStack) -> Servers:
    """An engine may answer and yet have no images, nor a registry to get them from."""
    try:
        return stack.enter_context(_containers())
    except DockerException as error:
        reason = str(error).splitlines()[0]
        print(f"Tests run on embedded servers: containers can't start ({reason})", file=sys.stderr)
        return stack.enter_context(_embedded())


def _docker_answers() -> bool:
    docker = shutil.which("docker")
    if docker is None:
        return False
    return subprocess.run([docker, "info"], check=False, capture_output=True).returncode == 0


@contextmanager
def _embedded() -> Iterator[Servers]:
    with (
        tempfile.TemporaryDirectory(prefix="catalog-tests-", dir=_quickest()) as path,
        held(Path(path)) as directory,
        embedded.postgres(directory, FAST) as postgres,
        embedded.redis(directory, databases=REDIS_DATABASES) as redis,
    ):
        yield Servers(postgres.url, redis.url)


def _quickest() -> Path | None:
    """Memory, if there is room: on a disk, the 500 files of each database take 0.2 s of CPU."""
    roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM_BYTES
    return MEMORY if roomy else None


@contextmanager
def _containers() -> Iterator[Servers]:
    in_memory = postgres_container(FAST).with_tmpfs_mount("/var/lib/postgresql/data")
    with in_memory as postgres, _redis() as redis:
        yield Servers(postgres_url(postgres), f"redis://{_address(redis, 6379)}?db=0")


def postgres_container(settings: Mapping[str, str]) -> DockerContainer:
    ready = "database system is ready to accept connections"
    return (
        DockerContainer("postgres:17-trixie")
        .with_env("POSTGRES_HOST_AUTH_METHOD", "trust")
        .with_env("POSTGRES_DB", "catalog")
        .with_env("POSTGRES_INITDB_ARGS", " ".join(embedded.LOCALE))
        .with_command(["postgres", *embedded.flags(settings)])
        .with_exposed_ports(5432)
        .waiting_for(LogMessageWaitStrategy(ready, times=2))
    )


def postgres_url(container: DockerContainer) -> str:
    return f"postgresql://postgres@{_address(container, 5432)}/catalog"


def _redis() -> DockerContainer:
    return (
        DockerContainer("redis:8-trixie")
        .with_command(["redis-server", "--save", "", "--databases", str(REDIS_DATABASES)])
        .with_exposed_ports(6379)
        .waiting_for(LogMessageWaitStrategy("Ready to accept connections"))
    )


def _address(container: DockerContainer, port: int) -> str:
    return f"{container.get_container_host_ip()}:{container.get_exposed_port(port)}"
