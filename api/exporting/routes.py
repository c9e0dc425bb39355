"""A catalog's products as a file over HTTP."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from pydantic import Field

from api.auth.access import CATALOG_REFUSALS, CatalogKey, Known, Reader
from api.auth.audited import auditing
from api.errors import ProjectionBehind, TooManyExports
from api.exporting.download import Download
from api.exporting.forms import CONTENT_TYPES, MEDIA_TYPES, accepted
from api.parameters import ONLY_KNOWN
from api.reading.answering import WAIT_MILLISECONDS, MinPosition, Read, Wait
from api.reading.filter_parameters import ATTRIBUTES, FilterParameters
from api.reading.representations import Preferences
from api.refusals import Responses, answers
from api.resources import Held
from commands.errors import UnknownCurrency
from projections.projection import Catalog
from queries.errors import QueryTooSlow, ReadTablesOutdated, TooManyQueries
from queries.exports.exporting import Format, Wanted
from queries.moment import position

router = APIRouter(prefix="/v1/catalogs/{catalog}", tags=["queries"])


class ExportParameters(FilterParameters):
    form: Annotated[
        Format | None,
        Field(alias="format", description="Unless given, as `Accept` says; else NDJSON"),
    ] = None


def _responses() -> Responses:
    headers = {
        "Cache-Control": "^no-store$",
        "Catalog-Position": "^[0-9]+$",
        "Content-Disposition": '^attachment; filename="[a-z0-9-]+-products\\.[a-z]+"$',
        "Vary": "^Authorization, Accept(, Origin)?$",
    }
    described = answers(
        200,
        headers,
        *CATALOG_REFUSALS,
        *(ProjectionBehind, TooManyExports, TooManyQueries, QueryTooSlow, ReadTablesOutdated),
        UnknownCurrency,
    )
    schema = {"schema": {"type": "string", "format": "binary"}}
    described[200]["content"] = dict.fromkeys(MEDIA_TYPES.values(), schema)
    return described


async def _read(
    catalog: CatalogKey, held: Held, minimum: MinPosition = 0, wait: Wait = WAIT_MILLISECONDS
) -> Read:
    return Read(held, catalog, minimum, wait / 1000, Preferences())


@router.get(
    "/export",
    operation_id="export_products",
    dependencies=ONLY_KNOWN,
    openapi_extra={"parameters": [ATTRIBUTES]},
    response_class=Response,
    responses=_responses(),
)
async def export_products(
    request: Request,
    catalog: Known,
    caller: Reader,
    read: Annotated[Read, Depends(_read)],
    parameters: Annotated[ExportParameters, Query()],
    accept: Annotated[str, Header(include_in_schema=False)] = "*/*",
) -> Response:
    """All products that a list would have, of one moment, as NDJSON, CSV or Parquet.

    They come in the order of their registration, and as they are read from the database: nothing
    is compressed, and no length is told. An answer that is not complete ends without the last chunk
    (RFC 9112, 7.1), which a client tells as an error: begin anew, and keep nothing of it. That
    happens where it takes longer than the service allows, or is not taken.

    Archived products are left out unless `status` asks for them. With `as_of` it is the catalog of
    that moment; only auditors may ask so, and it is recorded.
    """
    if parameters.as_of:
        await auditing(request, caller, catalog.key)
    held = read.held
    if read.minimum:
        await read(partial(position, held.read_database, catalog.key))
    wanted = Wanted(
        catalog=Catalog(catalog.key, catalog.language),
        filters=parameters.filters(catalog.default_currency),
        form=parameters.form or accepted(accept),
    )
    return Download(
        held.exports.opened(caller.username, wanted),
        _headers(catalog.key, wanted.form),
        seconds=held.exports.seconds,
        send_seconds=held.settings.send_seconds,
    )


def _headers(catalog: str, form: Format) -> dict[str, str]:
    return {
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="{catalog}-products.{form}"',
        "Content-Type": CONTENT_TYPES[form],
        "Vary": "Authorization, Accept",
    }
