import asyncio
import re
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from events.canonical_event import digest
from events.codec import Encoded
from events.database import driver
from tests.appends import appended, asked, logged
from tests.audited import SIGNED, STREAMS, Verify, audited
from tests.given import opened
from tests.signing import rewritten, signed

pytest_plugins = ("tests.verify_fixtures",)

MADE_UP = "update event_store.events set digest = sha256('')"


async def test_a_log_as_it_was_written_is_clean(engine: AsyncEngine, verify: Verify) -> None:
    assert tuple(each.size for each in await audited(engine)) == SIGNED
    told = await verify()
    assert told.code == 0
    assert told.document == {
        "clean": True,
        "catalogs": {
            "main": {"events": 300, "streams": 12, "claims": 12, "snapshots": 0, "signed": 300}
        },
        "counts": {},
        "findings": [],
    }


async def test_events_after_the_last_checkpoint_are_checked_as_well(
    engine: AsyncEngine, verify: Verify
) -> None:
    await audited(engine)
    await appended(engine, asked(STREAMS[0]))
    told = await verify()
    assert (told.code, told.document["catalogs"]["main"]["signed"]) == (0, 300)
    await rewritten(engine, "events", f"{MADE_UP} where position = 301")
    told = await verify()
    assert (told.code, told.findings) == (1, [("digest", 301, str(STREAMS[0]), 26)])


async def test_an_empty_database_is_clean(verify: Verify) -> None:
    code, out, err = await verify.told()
    assert (code, out.splitlines()[-1]) == (0, "nothing found")
    assert "%" not in err


async def test_what_a_log_says_commands_no_terminal(engine: AsyncEngine, verify: Verify) -> None:
    await appended(engine, asked(STREAMS[0], Encoded("\x1b[2J\nclean" + "x" * 10_000, 1, "{}")))
    code, out, _ = await verify.told()
    [finding, *_] = out.splitlines()
    assert code == 0
    assert r"found \x1b[2J\ncleanxxx" in finding
    assert finding.isprintable()
    assert len(finding) < 1_000


async def test_findings_are_lines_for_people(engine: AsyncEngine, verify: Verify) -> None:
    await audited(engine)
    await rewritten(engine, "events", "update event_store.events set actor = 'eve'")
    code, out, _ = await verify.told()
    lines = out.splitlines()
    assert code == 1
    place = f"digest: main, position 1, stream {STREAMS[0]}, version 1"
    digest = "content that hashes to [0-9a-f]{64}"
    assert re.fullmatch(f"{place}: expected {digest}, as recorded, found {digest}", lines[0])
    assert lines[-3] == "digest: … and 280 more"
    assert lines[-2].startswith("main: 300 events of 12 streams read, those up to position 0 ")
    assert lines[-1] == "300 findings"


async def test_a_digest_finding_names_what_was_recorded_and_what_is_there(
    engine: AsyncEngine, verify: Verify
) -> None:
    await audited(engine)
    recorded = (await logged(engine))[136].digest.hex()
    await rewritten(
        engine, "events", "update event_store.events set actor = 'eve' where position = 137"
    )
    there = digest((await logged(engine))[136]).hex()
    told = (await verify()).document
    assert told["catalogs"]["main"]["signed"] == 136
    (finding,) = told["findings"]
    assert finding["expected"] == f"content that hashes to {recorded}, as recorded"
    assert finding["found"] == f"content that hashes to {there}"


async def test_only_the_catalog_that_is_accused_is_not_verified(
    engine: AsyncEngine, verify: Verify
) -> None:
    outlet = await opened(engine, "outlet")
    for catalog in ("main", outlet.catalog):
        await appended(engine, asked(), catalog=catalog)
    await rewritten(engine, "events", f"{MADE_UP} where catalog_id = 'outlet'")
    code, out, _ = await verify.told()
    assert code == 1
    assert "main: 1 event of 1 stream verified, those" in out
    assert "outlet: 1 event of 1 stream read, those" in out
    assert out.endswith("\n3 findings, 2 mere warnings among them\n")


async def test_one_finding_is_one(engine: AsyncEngine, verify: Verify) -> None:
    await audited(engine)
    await rewritten(engine, "events", f"{MADE_UP} where position = 300")
    await rewritten(engine, "checkpoints", "delete from event_store.checkpoints where size = 300")
    await rewritten(engine, "tree_nodes", "delete from event_store.tree_nodes")
    assert (await verify.told())[1].endswith("\n1 finding\n")


async def test_a_clean_log_is_said_to_be_one(engine: AsyncEngine, verify: Verify) -> None:
    await audited(engine)
    code, out, _ = await verify.told()
    assert (code, out.splitlines()[-1]) == (0, "nothing found")


async def test_an_event_of_a_later_release_is_told_but_is_no_fault(
    engine: AsyncEngine, verify: Verify
) -> None:
    await audited(engine)
    unknown = [Encoded(*shape, "{}") for shape in (("ProductTeleported", 1), ("PriceSet", 2))]
    undecodable = Encoded("PriceSet", 1, "{}")
    later = [asked(STREAMS[n], each) for n, each in enumerate([*unknown, undecodable])]
    await appended(engine, *later)
    await signed(engine)
    told = await verify()
    assert told.code == 0
    assert told.findings == [("unreadable", 301 + n, str(STREAMS[n]), 26) for n in range(3)]
    out = (await verify.told())[1]
    assert "12 streams verified, those up to position 303 " in out
    assert out.endswith("\n3 findings, 3 mere warnings among them\n")


async def test_a_stream_without_a_registration_is_told_as_commands_see_it(
    engine: AsyncEngine, verify: Verify
) -> None:
    await audited(engine)
    stream = UUID(int=99)
    await appended(engine, asked(stream), asked(stream))
    told = await verify()
    assert (told.code, told.findings) == (0, [("unreadable", 301, str(stream), 1)])


async def test_each_catalog_is_verified(engine: AsyncEngine, verify: Verify) -> None:
    outlet = await opened(engine, "outlet")
    await appended(engine, asked(), catalog=outlet.catalog)
    await rewritten(engine, "events", MADE_UP)
    told = await verify()
    assert {each["catalog"] for each in told.document["findings"]} == {"outlet"}
    assert (await verify("--catalog", "main")).code == 0
    assert (await verify("--catalog", "main", "--catalog", "outlet")).code == 1


async def test_an_unknown_catalog_is_told(verify: Verify) -> None:
    code, out, err = await verify.told("--catalog", "nowhere")
    assert (code, out) == (3, "")
    assert "no catalog nowhere" in err


async def test_a_database_without_its_tables_says_nothing_about_the_log(
    engine: AsyncEngine, verify: Verify
) -> None:
    async with driver(engine) as connection:
        await connection.execute("alter table event_store.checkpoints rename to gone")
    code, out, err = await verify.told()
    assert (code, out) == (3, "")
    assert err.splitlines()[-1].startswith("catalog: The database lacks tables ")


async def test_writers_go_on_meanwhile(engine: AsyncEngine, verify: Verify) -> None:
    await audited(engine)
    done, written = asyncio.Event(), 0

    async def write() -> None:
        nonlocal written
        while not done.is_set():
            await appended(engine, *(asked(stream) for stream in STREAMS))
            await signed(engine)
            written += 1

    writer, meanwhile = asyncio.create_task(write()), [0]
    while max(meanwhile) < 2 and not writer.done():
        before = written
        told = await verify()
        assert (told.code, told.findings) == (0, [])
        meanwhile.append(written - before)
    done.set()
    await writer
