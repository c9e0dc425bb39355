"""Proofs from the stored tree, checked as an auditor would who trusts only what he has kept."""

from hashlib import sha256

import msgspec
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from events.checkpoints import KeptCheckpoint, TreeHead
from events.frontier import PAGE
from events.notes import VerifierKey
from events.tree import MissingEvents
from queries.audit import proofs
from queries.audit.proofs import Consistency, Inclusion
from tests.acting import acting_as
from tests.given import DESK, LAMP, Log, registered
from tests.proofs import extends, includes
from tests.signing import forged, grown, rewritten, signed

SIZES = [1, 5, PAGE, PAGE + 1, 2 * PAGE + 44]


async def inclusion(engine: AsyncEngine, position: int, size: int | None = None) -> Inclusion:
    answer = await proofs.inclusion(engine, "main", position, size)
    assert answer.value
    assert answer.position == answer.value.size
    return answer.value


async def consistency(engine: AsyncEngine, old: int, new: int | None = None) -> Consistency:
    answer = await proofs.consistency(engine, "main", old, new)
    assert answer.value
    return answer.value


def head(told: Inclusion | Consistency) -> TreeHead:
    return TreeHead.of(told.checkpoint, VerifierKey.parse(told.key))


def is_included(told: Inclusion) -> bool:
    tree, digest = head(told), bytes.fromhex(told.digest)
    proof = [bytes.fromhex(each) for each in told.proof]
    return includes(tree.root, tree.size, told.position - 1, digest, proof)


async def test_every_event_is_proven_to_be_in_the_log(engine: AsyncEngine) -> None:
    await grown(engine, PAGE + 20)
    size = (await signed(engine)).size
    told = [await inclusion(engine, position) for position in range(1, size + 1)]
    assert all(is_included(each) for each in told)
    assert [each.position for each in told] == list(range(1, PAGE + 21))


async def test_an_event_comes_as_it_was_hashed(engine: AsyncEngine) -> None:
    await Log(engine).given(LAMP, registered)
    await signed(engine)

    told = await inclusion(engine, 1)

    assert sha256(bytes(told.event)).hexdigest() == told.digest
    assert msgspec.json.decode(bytes(told.event))["stream_id"] == str(LAMP)


async def test_an_event_is_proven_to_be_in_the_log_that_somebody_kept(engine: AsyncEngine) -> None:
    await grown(engine, PAGE + 1)
    kept = await signed(engine)
    await grown(engine, PAGE)
    await signed(engine)

    told = await inclusion(engine, PAGE, kept.size)

    assert (told.checkpoint, told.size) == (kept.note, kept.size)
    assert is_included(told)


async def test_only_what_was_signed_has_proofs(engine: AsyncEngine) -> None:
    for _ in range(2):
        await grown(engine, 3)
        await signed(engine)
    uncovered = [
        await proofs.inclusion(engine, "main", position, size)
        for position, size in ((1, 2), (1, 4), (4, 3), (1, 7))
    ]
    assert [(each.value, each.position) for each in uncovered] == [(None, 6)] * 4


async def test_a_changed_event_is_not_proven(engine: AsyncEngine) -> None:
    await Log(engine).given(LAMP, registered)
    await Log(engine).given(DESK, registered)
    await signed(engine)
    await forged(engine, 1)
    told = await inclusion(engine, 1)
    assert sha256(bytes(told.event)).hexdigest() == told.digest
    assert not is_included(told)


async def test_every_checkpoint_extends_all_before_it(engine: AsyncEngine) -> None:
    kept: list[KeptCheckpoint] = []
    for size in SIZES:
        await grown(engine, size - (kept[-1].size if kept else 0))
        kept.append(await signed(engine))

    assert [each.size for each in kept] == SIZES
    for old in kept:
        for new in (each for each in kept if each.size >= old.size):
            told = await consistency(engine, old.size, new.size)
            proof = [bytes.fromhex(each) for each in told.proof]
            assert extends(new.root, new.size, old.root, old.size, proof)
            assert (told.old, told.new, head(told).size) == (old.size, new.size, SIZES[-1])


async def test_consistency_is_with_the_newest_checkpoint_by_default(engine: AsyncEngine) -> None:
    await grown(engine, 3)
    old = await signed(engine)
    await grown(engine, 4)
    new = await signed(engine)
    told = await consistency(engine, old.size)
    proof = [bytes.fromhex(each) for each in told.proof]
    assert head(told) == TreeHead("catalog.local/main", new.size, new.root)
    assert extends(new.root, new.size, old.root, old.size, proof)


async def test_what_is_not_signed_is_not_covered(engine: AsyncEngine) -> None:
    await grown(engine, 2)
    assert (await proofs.newest_checkpoint(engine, "main")).position == 0
    assert (await proofs.inclusion(engine, "main", 1)).position == 0
    assert (await proofs.consistency(engine, "main", 1, None)).position == 0
    await signed(engine)
    await grown(engine, 1)
    uncovered = [
        await proofs.inclusion(engine, "main", 3),
        await proofs.consistency(engine, "main", 3, None),
        await proofs.consistency(engine, "main", 1, 3),
    ]
    assert [(each.value, each.position) for each in uncovered] == [(None, 2)] * 3


async def test_no_proof_is_made_up_where_something_is_missing(engine: AsyncEngine) -> None:
    await grown(engine, 5)
    await signed(engine)
    await rewritten(engine, "events", "delete from event_store.events where position = 2")
    for position in (1, 2, 5):
        with pytest.raises(MissingEvents, match="events among positions"):
            await proofs.inclusion(engine, "main", position)


async def test_the_query_side_s_role_suffices(engine: AsyncEngine, database_url: str) -> None:
    await grown(engine, 300)
    await signed(engine)
    async with acting_as("catalog_query", database_url) as reader:
        assert (await proofs.newest_checkpoint(reader, "main")).value
        assert is_included(await inclusion(reader, 290))
        assert await consistency(reader, 7)


async def test_the_worker_s_role_suffices(engine: AsyncEngine, database_url: str) -> None:
    await grown(engine, 300)
    async with acting_as("catalog_projection", database_url) as worker:
        assert (await signed(worker)).size == 300
