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
from queries.memory import Found

_REFUSALS = (*CATALOG_REFUSALS, ProjectionBehind)
_DOCUMENT = POSITION | {"ETag": f'^"[0-9]+({PARKED})?"$', "Cache-Control": "^private, no-cache$"}
STALE = '110 - "Response is Stale"'
"""RFC 7234, 5.5.1: RFC 9111 leaves it to `Age` and the reader to find out."""
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
    documents = read.held.documents
    answer = await read(lambda: documents.read(catalog, sku, minimum=read.minimum))
    return document_response(answer, if_none_match)


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
    documents = read.held.documents
    answer = await read(lambda: documents.read(catalog, product_id, minimum=read.minimum))
    return document_response(answer, if_none_match)


def document_response(found: Found, if_none_match: str | None) -> Response:
    """The document, or that the caller has it. Raises `UnknownProduct`."""
    if found.value is None:
        raise UnknownProduct
    etag = f'"{found.value.version}{PARKED if found.value.parked else ""}"'
    headers = {
        "ETag": etag,
        "Cache-Control": REVALIDATE,
        "Catalog-Position": str(found.position),
    }
    if found.stale_seconds is not None:
        headers |= {"Age": str(found.stale_seconds), "Warning": STALE}
    if if_none_match is not None and _matches(if_none_match, etag):
        return Response(status_code=304, headers=headers)
    return Response(found.value.body, headers=headers, media_type="application/json")


def _matches(if_none_match: str, etag: str) -> bool:
    """Weak comparison (RFC 9110, 13.1.2)."""
    candidates = (each.strip().removeprefix("W/") for each in if_none_match.split(","))
    return any(each in {etag, "*"} for each in candidates)
