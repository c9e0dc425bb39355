"""`crud_service` in a process, its token verified with the keys of somebody else."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from uuid import UUID

import uvloop

from benchmarks.asking.asking import Ask
from benchmarks.asking.http_client import Client
from benchmarks.harness.installation import Installation
from benchmarks.writing.contestants import crud_service
from benchmarks.writing.over_http import Service
from benchmarks.writing.plan import CRUD, Method
from cli.address import Address
from events.database import statement

AUDITED = statement(__package__, "sql/audited.sql")
ROWS: Mapping[Method, int] = {"POST": 1, "PUT": 1}
KEYS = "/.well-known/jwks.json"


@contextmanager
def opened(
    installation: Installation, ids: Sequence[UUID], issuer: Service, pool: int, ask: Ask
) -> Iterator[Service]:
    """Whoever has a token of the `issuer` comes in."""
    keys, url = installation.directory / "keys.json", installation.database_url
    keys.write_bytes(uvloop.run(_keys(issuer.address)))
    options = ("--keys", str(keys), "--database-url", url, "--pool", str(pool))
    command = (sys.executable, "-m", crud_service.__name__, *options)
    with installation.serving("crud", *command) as address:
        yield Service(
            name=CRUD,
            address=address,
            token=issuer.token,
            ids=[str(each) for each in ids],
            database_url=url,
            count=AUDITED,
            rows=ROWS,
            ask=ask,
        )


async def _keys(issuer: Address) -> bytes:
    with closing(Client(issuer.host, issuer.port, {})) as client:
        return (await client.ask("GET", KEYS)).body
