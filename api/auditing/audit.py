"""Proofs over HTTP: what has been signed of a log, and that an event or an older log is in it."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Query, Response

from api import outputs
from api.auth.access import CATALOG_REFUSALS, Auditor, CatalogKey
from api.errors import InternalError, InvalidInput, ProjectionBehind
from api.parameters import IN_DIGITS, ONLY_KNOWN
from api.reading.answering import AskingLog, Read, Reading, for_auditors
from events.tree import MissingHashes
from queries.answer import Answer
from queries.audit import proofs
from queries.errors import LogDamaged, NoCheckpoint, NotCovered

_REFUSALS = (*CATALOG_REFUSALS, ProjectionBehind, NoCheckpoint)
_PROOF_REFUSALS = (*_REFUSALS, NotCovered, LogDamaged, InternalError)

router = APIRouter(prefix="/v1/catalogs/{catalog}/audit", tags=["queries"], dependencies=ONLY_KNOWN)


@router.get(
    "/checkpoint",
    operation_id="get_checkpoint",
    response_model=outputs.SignedCheckpoint,
    responses=for_auditors(*_REFUSALS),
)
async def get_checkpoint(catalog: CatalogKey, _caller: Auditor, read: Reading) -> Response:
    """The newest signed checkpoint: keep it, and the log can't be rewritten without your notice.

    `note` is a C2SP tlog-checkpoint, `key` its verifier key; `root` is in hexadecimal.
    """
    newest = await read.of_log(
        lambda engine: proofs.newest_checkpoint(engine, catalog), source="signed"
    )
    return await _told(read, newest)


@router.get(
    "/proof/inclusion",
    operation_id="prove_inclusion",
    response_model=outputs.InclusionProof,
    responses=for_auditors(*_PROOF_REFUSALS),
)
async def prove_inclusion(
    catalog: CatalogKey,
    _caller: Auditor,
    read: Reading,
    position: Annotated[int, Query(ge=1, lt=2**63, description="Of the event"), IN_DIGITS],
    size: Annotated[
        int | None,
        Query(ge=1, lt=2**63, description="Of a signed checkpoint; by default the newest"),
        IN_DIGITS,
    ] = None,
) -> Response:
    """That an event is in the log (RFC 9162, 2.1.3): leaf `position` - 1 of the tree of `size`.

    The leaf's data is `digest`, the SHA-256 of the canonical bytes of `event`; hashes are in
    hexadecimal. Who kept a checkpoint names its `size`: `checkpoint` is then the very note.
    """
    return await _proven(read, lambda engine: proofs.inclusion(engine, catalog, position, size))


@router.get(
    "/proof/consistency",
    operation_id="prove_consistency",
    response_model=outputs.ConsistencyProof,
    responses=for_auditors(*_PROOF_REFUSALS),
)
async def prove_consistency(
    catalog: CatalogKey,
    _caller: Auditor,
    read: Reading,
    old: Annotated[
        int,
        Query(alias="from", ge=1, lt=2**63, description="A size signed before"),
        IN_DIGITS,
    ],
    new: Annotated[
        int | None,
        Query(alias="to", ge=1, lt=2**63, description="By default all that is signed"),
        IN_DIGITS,
    ] = None,
) -> Response:
    """That the first `from` events are how the first `to` begin (RFC 9162, 2.1.4)."""
    if new is not None and old > new:
        message = "it must not be larger than `to`"
        raise InvalidInput(errors=[{"in": "query", "pointer": "/from", "message": message}])
    return await _proven(read, lambda engine: proofs.consistency(engine, catalog, old, new))


async def _proven[T: msgspec.Struct](read: Read, prove: AskingLog[T | None]) -> Response:
    try:
        return await _told(read, await read.of_log(prove, source="signed"))
    except MissingHashes as error:
        raise LogDamaged(missing=str(error)) from error


async def _told(read: Read, answer: Answer[msgspec.Struct | None]) -> Response:
    if answer.value is not None:
        return await read.for_auditors(msgspec.json.encode(answer.value), answer.position)
    raise NotCovered(size=answer.position) if answer.position else NoCheckpoint
