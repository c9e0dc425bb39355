"""The tree and the signed checkpoints, those in the database and those that somebody kept."""

from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from events.checkpoints import KeptCheckpoint, TreeHead
from events.database import driver
from events.log_keys import read_signer
from tests.audited import SIGNED, Verify, audited
from tests.signing import forged, grown, rewritten, signed
from tests.unit.test_notes import ours

pytest_plugins = ("tests.verify_fixtures",)

NODE = ("tree-node", 1, 0, "1-256")


@pytest.mark.parametrize(
    ("table", "statement", "findings"),
    [
        pytest.param(
            "tree_nodes",
            "update event_store.tree_nodes set hash = sha256('')",
            [NODE],
            id="a tree node",
        ),
        pytest.param(
            "tree_nodes", "delete from event_store.tree_nodes", [NODE], id="a tree node deleted"
        ),
        pytest.param(
            "tree_nodes",
            "insert into event_store.tree_nodes values ('main', 1, 1, '')",
            [("tree-node", 1, 1, "257-512")],
            id="a tree node of no events",
        ),
        pytest.param(
            "checkpoints",
            "delete from event_store.checkpoints where size = 300",
            [NODE],
            id="the newest checkpoint deleted",
        ),
        pytest.param(
            "checkpoints",
            "delete from event_store.checkpoints",
            [NODE],
            id="all checkpoints deleted",
        ),
        pytest.param(
            "checkpoints",
            "update event_store.checkpoints set size = -5 where size = 300",
            [("signature", -5), NODE],
            id="a checkpoint's size",
        ),
        pytest.param(
            "checkpoints",
            "update event_store.checkpoints set root = sha256('') where size = 204",
            [("signature", 204)],
            id="a checkpoint's root",
        ),
        pytest.param(
            "checkpoints",
            "update event_store.checkpoints set note = replace(note, e'\\n204\\n', e'\\n205\\n')",
            [("signature", 204)],
            id="a checkpoint's text",
        ),
        pytest.param(
            "checkpoints",
            "update event_store.checkpoints set note = (select note from event_store.checkpoints"
            " where size = 96) where size = 204",
            [("signature", 204)],
            id="another checkpoint's note",
        ),
        pytest.param(
            "log_keys",
            "update event_store.log_keys set public_key = sha256('')",
            [("signature", size) for size in SIGNED],
            id="the key",
        ),
        pytest.param("log_keys", "delete from event_store.log_keys", [("key",)], id="no key"),
    ],
)
async def test_a_change_of_what_was_signed_is_found_and_named(
    engine: AsyncEngine,
    verify: Verify,
    table: str,
    statement: str,
    findings: list[tuple[object, ...]],
) -> None:
    await audited(engine)
    await rewritten(engine, table, statement)
    told = await verify()
    assert (told.code, told.findings) == (1, findings)


REWOUND = [
    "delete from event_store.events where position > 288",
    """update event_store.catalogs set head = 288, last_recorded_at = (
       select max(recorded_at) from event_store.events)""",
    """update event_store.streams s
       set version = e.version, position = e.position, last_occurred_at = e.occurred_at
       from event_store.events e where e.stream_id = s.stream_id and e.version = 24""",
]
FORGOTTEN = "delete from event_store.checkpoints where size > 288"


async def rewound(engine: AsyncEngine) -> None:
    for statement in REWOUND:
        await rewritten(engine, "events", statement)


def kept_in(directory: Path, checkpoint: KeptCheckpoint) -> str:
    file = directory / "kept"
    file.write_text(checkpoint.note, encoding="utf-8")
    return str(file)


async def test_a_tail_cut_off_without_a_trace_is_known_from_its_checkpoint(
    engine: AsyncEngine, verify: Verify
) -> None:
    await audited(engine)
    await rewound(engine)
    told = await verify()
    assert (told.code, told.findings) == (1, [("tail", "289-300", 300)])


async def test_who_kept_a_checkpoint_knows_what_the_database_forgot(
    engine: AsyncEngine, verify: Verify, tmp_path: Path
) -> None:
    newest = (await audited(engine))[-1]
    note = kept_in(tmp_path, newest)
    await rewound(engine)
    await rewritten(engine, "checkpoints", FORGOTTEN)
    await rewritten(engine, "tree_nodes", "delete from event_store.tree_nodes")
    assert (await verify()).findings == []
    told = await verify("--checkpoint", note, "--key", str(newest.key))
    assert (told.code, told.findings) == (1, [("tail", "289-300", 300)])
    assert note in told.document["findings"][0]["expected"]


async def test_who_kept_a_checkpoint_knows_a_log_that_was_signed_anew(
    engine: AsyncEngine, verify: Verify, tmp_path: Path
) -> None:
    newest = (await audited(engine))[-1]
    note = kept_in(tmp_path, newest)
    await forged(engine, 137)
    for table in ("checkpoints", "tree_nodes"):
        await rewritten(engine, table, f"delete from event_store.{table}")
    await signed(engine)
    assert (await verify()).findings == []
    told = await verify("--checkpoint", note)
    assert (told.code, told.findings) == (1, [("root", "1-300", 300)])


async def test_who_kept_a_checkpoint_knows_of_a_catalog_that_is_gone(
    engine: AsyncEngine, verify: Verify, tmp_path: Path
) -> None:
    note = kept_in(tmp_path, (await audited(engine))[-1])
    for table in ("events", "catalogs", "streams", "claims", "checkpoints", "tree_nodes"):
        await rewritten(engine, table, f"delete from event_store.{table}")
    assert (await verify()).code == 0
    told = await verify("--checkpoint", note)
    assert (told.code, told.findings) == (1, [("tail", "1-300", 300), ("head",)])


async def test_one_change_is_one_finding_however_many_checkpoints_follow(
    engine: AsyncEngine, verify: Verify
) -> None:
    await audited(engine)
    await forged(engine, 7)
    roots = [each for each in (await verify()).document["findings"] if each["kind"] == "root"]
    assert [each["place"] for each in roots] == [{"position": "1-96", "checkpoint": 96}]
    assert roots[0]["found"].endswith(", and 2 other checkpoints likewise")


async def test_the_largest_checkpoint_of_a_lost_tail_is_named(
    engine: AsyncEngine, verify: Verify
) -> None:
    await audited(engine)
    await rewritten(engine, "events", "delete from event_store.events where position > 200")
    told = await verify()
    (tail,) = (each for each in told.document["findings"] if each["kind"] == "tail")
    assert tail["place"] == {"position": "201-300", "checkpoint": 300}
    assert tail["found"] == "no event at position 201, and 1 other checkpoint likewise"


async def test_pages_that_are_not_as_stored_narrow_where_the_change_is(
    engine: AsyncEngine, verify: Verify
) -> None:
    await grown(engine, 2_000)
    await signed(engine)
    await rewritten(
        engine, "events", "update event_store.events set digest = sha256('') where position = 700"
    )
    assert ("root", "513-768", 2_000) in (await verify()).findings


async def test_a_kept_checkpoint_of_the_log_as_it_is_finds_nothing(
    engine: AsyncEngine, verify: Verify, tmp_path: Path
) -> None:
    for checkpoint in await audited(engine):
        note = kept_in(tmp_path, checkpoint)
        assert (await verify("--checkpoint", note, "--catalog", "main")).code == 0


@pytest.mark.parametrize("blank", ["\n", "\n\n\n", "\r\n \r\n"])
async def test_blank_lines_behind_a_kept_note_are_none_of_it(
    engine: AsyncEngine, verify: Verify, tmp_path: Path, blank: str
) -> None:
    file = tmp_path / "kept"
    file.write_bytes(((await audited(engine))[-1].note + blank).encode())
    told = await verify("--checkpoint", str(file))
    assert (told.code, told.findings) == (0, [])


@pytest.mark.parametrize(
    "note", [b"", b"catalog.local/main\n300\n", "no\n\n— note x\n".encode(), b"\xff"]
)
async def test_a_file_that_is_no_signed_note_is_named(
    engine: AsyncEngine, verify: Verify, tmp_path: Path, note: bytes
) -> None:
    await audited(engine)
    file = tmp_path / "kept"
    file.write_bytes(note)
    told = await verify("--checkpoint", str(file))
    assert (told.code, told.findings) == (1, [("signature", str(file))])
    assert told.document["findings"][0]["found"] == "no signed note of a checkpoint"


async def test_a_note_that_another_key_signed_is_not_called_malformed(
    engine: AsyncEngine, verify: Verify, tmp_path: Path
) -> None:
    await audited(engine)
    file = tmp_path / "kept"
    file.write_text(TreeHead("catalog.local/main", 300, bytes(32)).signed(ours), encoding="utf-8")
    told = await verify("--checkpoint", str(file))
    assert (told.code, told.findings) == (1, [("signature", str(file))])
    assert told.document["findings"][0]["found"] == "a note that this key did not sign"


async def test_a_checkpoint_of_another_log_is_named(
    engine: AsyncEngine, verify: Verify, tmp_path: Path
) -> None:
    await audited(engine)
    async with driver(engine) as connection:
        signer = await read_signer(connection)
    file = tmp_path / "kept"
    file.write_text(TreeHead("elsewhere/main", 300, bytes(32)).signed(signer), encoding="utf-8")
    told = await verify("--checkpoint", str(file))
    assert (told.code, told.findings) == (1, [("signature", str(file))])
    assert "elsewhere/main" in told.document["findings"][0]["found"]


async def test_a_key_is_insisted_on(engine: AsyncEngine, verify: Verify) -> None:
    key = str((await audited(engine))[-1].key)
    assert (await verify("--key", key)).code == 0
    await rewritten(engine, "log_keys", "update event_store.log_keys set public_key = sha256('')")
    told = await verify("--key", key)
    assert (told.code, told.findings) == (1, [("key",)])


async def test_a_key_has_a_form(verify: Verify) -> None:
    code, _, err = await verify.told("--key", "catalog.local+00000000+AAAA")
    assert code == 3
    assert err.startswith("catalog: catalog.local+00000000+AAAA is no verifier key: ")
