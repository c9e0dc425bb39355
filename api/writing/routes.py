"""The write side over HTTP: each request becomes commands for one product, and a receipt."""

import re
from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Path, Request, Response

from api import outputs
from api.auth.access import CATALOG_REFUSALS, CatalogKey, Writer
from api.currencies import KnownCurrency
from api.errors import BODY_REFUSALS, WriteQuotaExceeded
from api.parameters import ONLY_KNOWN, PARKED
from api.reading.representations import COMPRESSED
from api.refusals import answers, header
from api.resources import Held
from api.writing.write import Write, idempotent
from commands import errors
from commands.input import (
    Amount,
    Input,
    NewProduct,
    ProductPatch,
    Reason,
    Version,
    to_change,
    to_register,
)
from commands.product.messages import (
    ArchiveProduct,
    PublishProduct,
    RemovePrice,
    RestoreProduct,
    SetPrice,
    UnpublishProduct,
)
from events.append import Idempotent
from events.errors import (
    AppendQueueFull,
    AppendUnconfirmed,
    Refused,
    Undecodable,
    UnknownVersion,
)

_REFUSALS = (
    *CATALOG_REFUSALS,
    *BODY_REFUSALS,
    WriteQuotaExceeded,
    AppendQueueFull,
    AppendUnconfirmed,
    errors.IdempotencyKeyReused,
    Undecodable,
)
_CHANGE_REFUSALS = (*_REFUSALS, errors.UnknownProduct, errors.VersionConflict)
_HEADERS = {"ETag": '^"[0-9]+"$', "Catalog-Position": "^[0-9]+$"}
_LOCATION = {"Location": "^/v1/catalogs/[^/]+/products/[^/]+$"}

router = APIRouter(
    prefix="/v1/catalogs/{catalog}/products", tags=["commands"], dependencies=ONLY_KNOWN
)

IF_MATCH = re.compile(rf'"[1-9][0-9]{{0,8}}({PARKED})?({COMPRESSED})?"')
IDEMPOTENCY_KEY = re.compile("[!-~]{1,255}")

type IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        pattern=f"^{IF_MATCH.pattern}$",
        description="The version to change",
    ),
]
type IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=f"^{IDEMPOTENCY_KEY.pattern}$",
        description="Repeats its first answer while method, path and body are the same; `If-Match` "
        "is not compared",
    ),
]
type Currency = Annotated[KnownCurrency, Path()]


async def _write(
    request: Request,
    response: Response,
    catalog: CatalogKey,
    principal: Writer,
    held: Held,
    if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> Write:
    key = idempotency_key
    return Write.asked(
        held,
        request.scope,
        principal,
        catalog,
        if_match=if_match,
        idempotent=await _idempotent(request, principal.username, key) if key else None,
        headers=response.headers,
    )


type Writing = Annotated[Write, Depends(_write)]


async def _idempotent(request: Request, actor: str, key: str) -> Idempotent:
    return idempotent(actor, key, request.method, request.url.path, await request.body())


def _receipts(
    status: int, headers: Mapping[str, str], *refusals: type[Refused]
) -> dict[int | str, dict[str, Any]]:
    described = answers(status, headers, *refusals)
    described[status]["headers"]["Idempotent-Replayed"] = header("^true$", required=False)
    return described


def _changes(*refusals: type[Refused]) -> dict[str, Any]:
    return {
        "response_model": outputs.Receipt,
        "responses": _receipts(200, _HEADERS, *_CHANGE_REFUSALS, *refusals),
    }


class PriceInput(Input):
    amount: Amount


class ArchiveInput(Input):
    reason: Reason | None = None


class RevertInput(Input):
    to_version: Version


@router.post(
    "",
    status_code=201,
    operation_id="register_product",
    responses=_receipts(
        201,
        _HEADERS | _LOCATION,
        *_REFUSALS,
        errors.SkuTaken,
        errors.NotPublishable,
        errors.UnknownCurrency,
    ),
)
async def register(body: NewProduct, write: Writing) -> outputs.Receipt:
    """Begin a product, a draft unless it is to be published at once."""
    return await write.register(to_register(body))


@router.patch("/{product_id}", operation_id="change_product", **_changes(errors.ProductIsArchived))
async def change(product_id: UUID, body: ProductPatch, write: Writing) -> outputs.Receipt:
    """A JSON Merge Patch (RFC 7396): absent means unchanged, null means none."""
    return await write(product_id, to_change(body))


@router.put(
    "/{product_id}/prices/{currency}",
    operation_id="set_price",
    **_changes(errors.ProductIsArchived, errors.UnknownCurrency),
)
async def set_price(
    product_id: UUID, currency: Currency, body: PriceInput, write: Writing
) -> outputs.Receipt:
    """`amount` counts the minor units of the currency."""
    return await write(product_id, [SetPrice(currency=currency, amount=body.amount)])


@router.delete(
    "/{product_id}/prices/{currency}",
    operation_id="remove_price",
    **_changes(errors.ProductIsArchived, errors.UnknownCurrency),
)
async def remove_price(product_id: UUID, currency: Currency, write: Writing) -> outputs.Receipt:
    """The product has no price in the currency from now on."""
    return await write(product_id, [RemovePrice(currency=currency)])


@router.post(
    "/{product_id}/publish",
    operation_id="publish_product",
    **_changes(errors.InvalidTransition, errors.NotPublishable),
)
async def publish(product_id: UUID, write: Writing) -> outputs.Receipt:
    """Offer a draft, which needs a name and a price for that."""
    return await write(product_id, [PublishProduct()])


@router.post(
    "/{product_id}/unpublish",
    operation_id="unpublish_product",
    **_changes(errors.InvalidTransition),
)
async def unpublish(product_id: UUID, write: Writing) -> outputs.Receipt:
    """Make a published product a draft again."""
    return await write(product_id, [UnpublishProduct()])


@router.post("/{product_id}/archive", operation_id="archive_product", **_changes())
async def archive(
    product_id: UUID, write: Writing, body: ArchiveInput | None = None
) -> outputs.Receipt:
    """Leave the product out of lists, unchanged until it is restored; by id it stays readable."""
    return await write(product_id, [ArchiveProduct(reason=body.reason if body else None)])


@router.post("/{product_id}/restore", operation_id="restore_product", **_changes())
async def restore(product_id: UUID, write: Writing) -> outputs.Receipt:
    """Back to the status that the product had when it was archived."""
    return await write(product_id, [RestoreProduct()])


@router.post(
    "/{product_id}/revert",
    operation_id="revert_product",
    **_changes(UnknownVersion, errors.SkuTaken, errors.NotPublishable, errors.UnknownCurrency),
)
async def revert(product_id: UUID, body: RevertInput, write: Writing) -> outputs.Receipt:
    """Appends what leads back to the state at `to_version`: nothing that happened is taken away.

    The events have the one at `to_version` as their cause. What was published then without a name
    or a price, and lacks it now, is refused as `not-publishable`. Events that an operator has
    discarded count, though `?version=` leaves them out: they were decided.
    """
    return await write.revert(product_id, body.to_version)
