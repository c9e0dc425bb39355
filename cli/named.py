"""The product that somebody names at the command line."""

from uuid import UUID

from cli.errors import NoSuchProduct
from commands.claims import SKU
from events.database import Connection
from events.log import find_claims


async def find_product(connection: Connection, catalog: str, name: str) -> UUID:
    """By its SKU, which goes before an id that looks the same, or by its id, be there one or not.

    Raises `NoSuchProduct`.
    """
    claimed = await find_claims(connection, catalog, SKU, [name])
    try:
        return claimed.get(name) or UUID(name)
    except ValueError:
        raise NoSuchProduct(name, catalog) from None
