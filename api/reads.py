"""One product over HTTP: its document as it is stored."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Path, Response

from api import outputs
from api.answering import POSITION, REVALIDATE, Reading
from api.auth.access import CATALOG_REFUSALS, CatalogKey, Reader
from api.errors import ProjectionBehind
from api.parameters import ONLY_KNOWN, PARKED
from api.refusals import Responses, answers
from commands.errors import UnknownProduct
from commands.input import Sku
from queries import product
from queries.answer import Answer
from queries.product import Document

_REFUSALS = (*CATALOG_REFUSALS, ProjectionBehind)
_DOCUMENT = POSITION | {"ETag": f'^"[0-9]+({PARKED})?"$', "Cache-Control": "^private, no-cache$"}
_NOT_MODIFIED: Responses = {304: {"description": "`If-None-Match` has this version"}}

router = APIRouter(prefix="/v1/catalogs/{catalog}/products", tags=["queries"])

type IfNoneMatch = Annotated[str | None, Header(alias="If-None-Match", pattern=r"^[!-~ ]{0,1000}$")]


@router.get(
    "/by-sku/{sku}",
    operation_id="get_product_by_sku",
    dependencies=ONLY_KNOWN,
    response_model=outputs.Product,
    responses=answers(200, _DOCUMENT, *_REFUSALS, UnknownProduct) | _NOT_MODIFIED,
)
async def by_sku(
    catalog: CatalogKey,
    sku: Annotated[Sku, Path()],
    _caller: Reader,
    read: Reading,
    if_none_match: IfNoneMatch = None,
) -> Response:
    answer = await read(lambda: product.by_sku(read.held.query_engine, catalog, sku))
    return _document(answer, if_none_match)


@router.get(
    "/{product_id}",
    operation_id="get_product",
    dependencies=ONLY_KNOWN,
    response_model=outputs.Product,
    responses=answers(200, _DOCUMENT, *_REFUSALS, UnknownProduct) | _NOT_MODIFIED,
)
async def by_id(
    catalog: CatalogKey,
    product_id: UUID,
    _caller: Reader,
    read: Reading,
    if_none_match: IfNoneMatch = None,
) -> Response:
    answer = await read(
        lambda: product.by_id(
            read.held.query_engine, read.held.cache, catalog, product_id, minimum=read.minimum
        )
    )
    return _document(answer, if_none_match)


def _document(answer: Answer[Document | None], if_none_match: str | None) -> Response:
    if answer.value is None:
        raise UnknownProduct
    etag = f'"{answer.value.version}{PARKED if answer.value.parked else ""}"'
    headers = {
        "ETag": etag,
        "Cache-Control": REVALIDATE,
        "Catalog-Position": str(answer.position),
    }
    if if_none_match is not None and _matches(if_none_match, etag):
        return Response(status_code=304, headers=headers)
    return Response(answer.value.body, headers=headers, media_type="application/json")


def _matches(if_none_match: str, etag: str) -> bool:
    """Weak comparison (RFC 9110, 13.1.2)."""
    candidates = (each.strip().removeprefix("W/") for each in if_none_match.split(","))
    return any(each in {etag, "*"} for each in candidates)
