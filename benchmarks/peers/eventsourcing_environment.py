"""How Python's `eventsourcing` is told of a database."""

from collections.abc import Mapping
from types import MappingProxyType

from sqlalchemy.engine import make_url

DEFAULTS: Mapping[str, str] = MappingProxyType({})
FUNCTIONS: Mapping[str, str] = MappingProxyType({"POSTGRES_ENABLE_DB_FUNCTIONS": "y"})
"""Events are inserted by a function in the database, in one round trip."""


def environment(url: str, settings: Mapping[str, str] = DEFAULTS) -> dict[str, str]:
    address = make_url(url)
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": str(address.database),
        "POSTGRES_HOST": str(address.host or address.query["host"]),
        "POSTGRES_PORT": str(address.port or ""),
        "POSTGRES_USER": str(address.username),
        "POSTGRES_PASSWORD": str(address.password or ""),
        **settings,
    }
