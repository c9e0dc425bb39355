"""Feeds over HTTP: one is taken in, and a worker imports it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.requests import ClientDisconnect

from api import outputs
from api.auth.access import CATALOG_REFUSALS, Known, Writer
from api.auth.staying.lasting import still_writing
from api.errors import (
    BodyTooLarge,
    RequestTimeout,
    StorageFull,
    TooManyUploads,
    UnsupportedCoding,
    UnsupportedMediaType,
    WriteQuotaExceeded,
)
from api.imports.parameters import FORMS, ImportParameters, sent_as
from api.imports.spool import Upload
from api.jobs.requesting import requested
from api.jobs.showing import shown_import
from api.parameters import ONLY_KNOWN, PageLimit
from api.refusals import answers, may_refuse
from api.resources import Held, Resources
from commands import jobs
from commands.errors import EmptyFeed, ImportRunning, TooManyImports
from commands.feeds.jobs import IMPORT, refuse_further
from commands.feeds.rows import Form
from commands.job_hints import hint
from events.database import driver

_BODY = {
    "required": True,
    "content": {
        media_type: {"schema": {} if form == "json" else {"type": "string", "format": "binary"}}
        for media_type, form in FORMS.items()
    },
}
_REFUSALS = (
    *CATALOG_REFUSALS,
    BodyTooLarge,
    UnsupportedCoding,
    UnsupportedMediaType,
    WriteQuotaExceeded,
    ImportRunning,
    TooManyImports,
    EmptyFeed,
    StorageFull,
    TooManyUploads,
)

router = APIRouter(
    prefix="/v1/catalogs/{catalog}/imports", tags=["commands"], dependencies=ONLY_KNOWN
)


@router.post(
    "",
    status_code=202,
    operation_id="import_feed",
    openapi_extra={"requestBody": _BODY},
    responses=answers(202, {"Location": "^/v1/jobs/[^/]+$"}, *_REFUSALS),
)
async def import_feed(
    catalog: Known,
    caller: Writer,
    held: Held,
    request: Request,
    response: Response,
    asked: Annotated[ImportParameters, Query()],
    form: Annotated[Form | None, Depends(sent_as)],
) -> outputs.ImportJob:
    """Bring the catalog's products to what a feed says: NDJSON, a JSON array or CSV, in UTF-8.

    It may be packed by gzip, said by `Content-Encoding` or not, and is kept on disk as it comes
    until a worker imports it. Rows fail alone, and are told of at `errors_url`. A source has one
    import at a time: another gets 409, before its feed is read. An upload counts as one write.
    `Idempotency-Key` has no effect and is not needed: a feed that comes again appends nothing, and
    while it is imported that 409 names its job.
    """
    held.limits.admit_write(request.scope, catalog.key)
    async with driver(held.engine) as connection:
        await refuse_further(connection, catalog.key, asked.source)
    async with _received(request, held, caller.username) as upload:
        if not upload.size:
            raise EmptyFeed
        await still_writing(request, caller, catalog.key)
        arguments = asked.arguments(upload, catalog.default_currency, form)
        job = await requested(
            request,
            held,
            IMPORT,
            catalog.key,
            arguments.told(),
            actor=caller.username,
            bytes=arguments.size,
        )
    await hint(held.redis)
    response.headers["Location"] = f"/v1/jobs/{job.id}"
    return shown_import(job)


@router.get("", operation_id="list_imports", responses=may_refuse(*CATALOG_REFUSALS))
async def list_imports(
    catalog: Known, _caller: Writer, held: Held, limit: Annotated[PageLimit, Query()] = 50
) -> outputs.ImportJobs:
    """The newest first, as jobs; those that ended a month ago are forgotten."""
    async with driver(held.engine) as connection:
        found = await jobs.find_newest(connection, catalog.key, IMPORT, limit)
    return outputs.ImportJobs(items=[shown_import(each) for each in found])


@asynccontextmanager
async def _received(request: Request, held: Resources, user: str) -> AsyncIterator[Upload]:
    """Raises what `Receiving` does, and `RequestTimeout` for what never came to its end."""
    try:
        async with held.receiving.received(user, request.stream()) as upload:
            yield upload
    except ClientDisconnect as error:
        raise RequestTimeout from error
