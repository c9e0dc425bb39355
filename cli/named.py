"""The catalog and the product that somebody names at the command line."""

from uuid import UUID

from cli.errors import NoSuchCatalog, NoSuchProduct
from commands.claims import SKU
from events.database import Connection
from events.log import find_claims, read_heads
from queries.audit.stand import find_stand


async def find_head(connection: Connection, catalog: str) -> int:
    """The last position of its log. Raises `NoSuchCatalog`."""
    head = (await read_heads(connection)).get(catalog)
    if head is None:
        raise NoSuchCatalog(catalog)
    return head


async def find_product(connection: Connection, catalog: str, name: str) -> UUID:
    """By its SKU, which goes before an id that looks the same, or by its id, be there one or not.

    Raises `NoSuchProduct`.
    """
    claimed = await find_claims(connection, catalog, SKU, [name])
    try:
        return claimed.get(name) or UUID(name)
    except ValueError:
        raise NoSuchProduct(name, catalog) from None


async def find_logged_product(connection: Connection, catalog: str, name: str) -> UUID:
    """One that the log has events of. Raises `NoSuchCatalog` and `NoSuchProduct`."""
    await find_head(connection, catalog)
    product = await find_product(connection, catalog, name)
    if not (await find_stand(connection, catalog, product)).version:
        raise NoSuchProduct(name, catalog)
    return product
