"""Proofs over HTTP: what has been signed of a log, and that an event or an older log is in it."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Query, Response

from api import outputs
from api.auth.access import CATALOG_REFUSALS, Auditor, CatalogKey
from api.errors import InvalidInput, ProjectionBehind
from api.parameters import ONLY_KNOWN
from api.reads import POSITION, Reading, as_json
from api.refusals import answers
from queries import proofs
from queries.answer import Answer
from queries.errors import NoCheckpoint, NotCovered

_REFUSALS = (*CATALOG_REFUSALS, ProjectionBehind, NoCheckpoint)

router = APIRouter(prefix="/v1/catalogs/{catalog}/audit", tags=["queries"], dependencies=ONLY_KNOWN)


@router.get(
    "/checkpoint",
    operation_id="get_checkpoint",
    response_model=outputs.SignedCheckpoint,
    responses=answers(200, POSITION, *_REFUSALS),
)
async def get_checkpoint(catalog: CatalogKey, _caller: Auditor, read: Reading) -> Response:
    """The newest signed checkpoint: keep it, and the log can't be rewritten without your notice.

    `note` is a C2SP tlog-checkpoint, `key` its verifier key; `root` is in hexadecimal.
    """
    return _told(await read(lambda: proofs.newest_checkpoint(read.held.query_engine, catalog)))


@router.get(
    "/proof/inclusion",
    operation_id="prove_inclusion",
    response_model=outputs.InclusionProof,
    responses=answers(200, POSITION, *_REFUSALS, NotCovered),
)
async def prove_inclusion(
    catalog: CatalogKey,
    _caller: Auditor,
    read: Reading,
    position: Annotated[int, Query(ge=1, lt=2**63)],
) -> Response:
    """That an event is in the log (RFC 9162, 2.1.3): leaf `position` - 1 of the tree of `size`.

    The leaf's data is `digest`, the SHA-256 of the canonical bytes of `event`; hashes are in
    hexadecimal.
    """
    return _told(await read(lambda: proofs.inclusion(read.held.query_engine, catalog, position)))


@router.get(
    "/proof/consistency",
    operation_id="prove_consistency",
    response_model=outputs.ConsistencyProof,
    responses=answers(200, POSITION, *_REFUSALS, NotCovered),
)
async def prove_consistency(
    catalog: CatalogKey,
    _caller: Auditor,
    read: Reading,
    old: Annotated[int, Query(alias="from", ge=1, lt=2**63, description="A size signed before")],
    new: Annotated[
        int | None, Query(alias="to", ge=1, lt=2**63, description="By default all that is signed")
    ] = None,
) -> Response:
    """That the first `from` events are how the first `to` begin (RFC 9162, 2.1.4)."""
    if new is not None and old > new:
        message = "it must not be larger than `to`"
        raise InvalidInput(errors=[{"in": "query", "pointer": "/from", "message": message}])
    return _told(await read(lambda: proofs.consistency(read.held.query_engine, catalog, old, new)))


def _told(answer: Answer[msgspec.Struct | None]) -> Response:
    if answer.value is not None:
        return as_json(msgspec.json.encode(answer.value), answer.position)
    raise NotCovered(size=answer.position) if answer.position else NoCheckpoint
