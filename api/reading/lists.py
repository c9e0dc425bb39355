"""Lists of products over HTTP."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Query, Request, Response

from api import outputs
from api.auth.access import CATALOG_REFUSALS, Known, Reader
from api.auth.audited import auditing
from api.errors import ProjectionBehind
from api.parameters import ONLY_KNOWN
from api.reading.answering import Reading, for_readers
from api.reading.filter_parameters import ATTRIBUTES
from api.reading.list_parameters import ListParameters
from commands.errors import UnknownCurrency
from queries.errors import InvalidCursor, QueryTooSlow, ReadTablesOutdated, TooManyQueries
from queries.lists import products

router = APIRouter(prefix="/v1/catalogs/{catalog}/products", tags=["queries"])


@router.get(
    "",
    operation_id="list_products",
    dependencies=ONLY_KNOWN,
    openapi_extra={"parameters": [ATTRIBUTES]},
    response_model=outputs.ProductPage,
    responses=for_readers(
        *CATALOG_REFUSALS,
        *(ProjectionBehind, TooManyQueries, QueryTooSlow, ReadTablesOutdated),
        *(InvalidCursor, UnknownCurrency),
    ),
)
async def list_products(
    request: Request,
    catalog: Known,
    caller: Reader,
    read: Reading,
    parameters: Annotated[ListParameters, Query()],
) -> Response:
    """Products by words and filters, in pages. Archived ones are left out unless `status` asks.

    All words of `q` have to be there, in whatever case and with or without accents; the last one
    may be the beginning of a word. Signs part words, and most of what they part is also found as
    one word (`wifi`). Chinese, Japanese and Thai are found by their characters. In a catalog with a
    language words are also found by their stems, and its stop words don't count, except as the last
    word or among themselves. Names are sorted without regard to case and accents.

    `category` means the subtree. A facet counts under all filters but its own what each of its
    values would leave: the most frequent first, at most 100.

    What takes longer than four seconds is refused (`query-too-slow`): words that most of a million
    products have, or ten facets of all of them.

    With `as_of` it is the catalog of that moment: what had occurred by then, as far as it is known
    today. Only auditors may ask so, and it is recorded.

    `Catalog-Position` is how far the log has been applied. Products that stand still are listed as
    they were before, and say so (`parked`).
    """
    if parameters.as_of:
        await auditing(request, caller, catalog.key)
    wanted = parameters.wanted(catalog)
    held = read.held
    cursors = await held.cursors()
    answer = await read(
        lambda: products.find(
            held.read_database, cursors, held.totals, wanted, cursor=parameters.cursor
        )
    )
    send = read.for_auditors if parameters.as_of else read.for_readers
    return await send(_page(answer.value), answer.position)


def _page(page: products.Page) -> bytes:
    """The stored documents, joined: nothing is parsed again."""
    relation = "exact" if page.exact else "at_least"
    rest: dict[str, object] = {
        "next_cursor": page.next_cursor,
        "total": {"value": page.total, "relation": relation},
    }
    if page.facets:
        rest["facets"] = {name: msgspec.Raw(each.encode()) for name, each in page.facets.items()}
    items = ",".join(page.items).encode()
    return b'{"items":[' + items + b"]," + msgspec.json.encode(rest)[1:]
