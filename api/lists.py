"""Lists of products over HTTP."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Query, Response

from api import outputs
from api.answering import POSITION, Reading, as_json
from api.auth.access import CATALOG_REFUSALS, Known, Reader
from api.errors import ProjectionBehind
from api.list_parameters import ListParameters
from api.refusals import answers
from commands.errors import UnknownCurrency
from queries import products
from queries.errors import InvalidCursor

router = APIRouter(prefix="/v1/catalogs/{catalog}/products", tags=["queries"])


@router.get(
    "",
    operation_id="list_products",
    response_model=outputs.ProductPage,
    responses=answers(
        200, POSITION, *CATALOG_REFUSALS, ProjectionBehind, InvalidCursor, UnknownCurrency
    ),
)
async def list_products(
    catalog: Known,
    _caller: Reader,
    read: Reading,
    parameters: Annotated[ListParameters, Query()],
) -> Response:
    """Products by filters, in pages. Archived ones are left out unless `status` asks for them.

    `Catalog-Position` is how far the log has been applied. Products that stand still are listed as
    they were before, and say so (`parked`).
    """
    filters = parameters.filters(catalog.default_currency)
    cursors = await read.held.cursors()
    answer = await read(
        lambda: products.find(
            read.held.query_engine,
            cursors,
            catalog.key,
            filters,
            sort=parameters.sort,
            limit=parameters.limit,
            cursor=parameters.cursor,
        )
    )
    return as_json(_page(answer.value), answer.position)


def _page(page: products.Page) -> bytes:
    """The stored documents, joined: nothing is parsed again."""
    relation = "exact" if page.exact else "at_least"
    rest = {"next_cursor": page.next_cursor, "total": {"value": page.total, "relation": relation}}
    items = ",".join(page.items).encode()
    return b'{"items":[' + items + b"]," + msgspec.json.encode(rest)[1:]
