"""What an auditor asks of the API, and how he checks the answers: by what he kept himself."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.testing import capture_logs

from api.auth.roles import Role
from events.checkpoints import TreeHead
from events.frontier import PAGE
from events.notes import VerifierKey
from tests.auth import Service, given_user
from tests.conversation import Answer, Caller
from tests.proofs import extends, includes
from tests.signing import forged, grown, rewritten, signed

pytest_plugins = ("tests.conversation_fixtures",)

AUDIT = "/v1/catalogs/main/audit"
CHECKPOINT = f"{AUDIT}/checkpoint"
INCLUSION = f"{AUDIT}/proof/inclusion"
CONSISTENCY = f"{AUDIT}/proof/consistency"


@dataclass(frozen=True, slots=True)
class Auditor:
    """Knows the key from somewhere else, and keeps a checkpoint."""

    key: VerifierKey
    kept: TreeHead

    def includes(self, told: dict[str, Any], event: str) -> bool:
        """Whether the log has the event, in these very bytes, at the position told."""
        tree = TreeHead.of(told["checkpoint"], self.key)
        digest = sha256(event.encode()).digest()
        return includes(tree.root, tree.size, told["position"] - 1, digest, unhex(told["proof"]))

    def extends(self, told: dict[str, Any]) -> bool:
        """Whether the log still begins with what was kept."""
        tree = TreeHead.of(told["checkpoint"], self.key)
        return extends(tree.root, tree.size, self.kept.root, self.kept.size, unhex(told["proof"]))


def unhex(hashes: list[str]) -> list[bytes]:
    return [bytes.fromhex(each) for each in hashes]


def embedded(answer: Answer) -> str:
    """The bytes of the event, cut out of the answer."""
    text = answer.response.text
    return text[text.index('"event":') + len('"event":') : text.index(',"digest":')]


@pytest.fixture
async def auditor(anna: Caller, engine: AsyncEngine) -> Auditor:
    await anna.given(description='Says "hi" \\ \N{SNOWMAN}')
    await signed(engine)
    told = (await anna.gets(CHECKPOINT)).gives(200).body
    key = VerifierKey.parse(told["key"])
    return Auditor(key, TreeHead.of(told["note"], key))


async def test_a_checkpoint_says_what_its_note_says(anna: Caller, auditor: Auditor) -> None:
    answer = (await anna.gets(CHECKPOINT)).gives(200)
    kept = auditor.kept
    told = {name: answer.body[name] for name in ("origin", "size", "root")}
    assert told == {"origin": kept.origin, "size": kept.size, "root": kept.root.hex()}
    assert kept.origin == "catalog.local/main"
    assert answer.headers["Catalog-Position"] == str(kept.size)


async def test_an_event_is_proven_in_its_very_bytes(anna: Caller, auditor: Auditor) -> None:
    for position in range(1, auditor.kept.size + 1):
        answer = (await anna.gets(f"{INCLUSION}?position={position}")).gives(200)
        told = answer.body
        assert auditor.includes(told, embedded(answer))
        assert told["event"]["position"] == told["position"] == position
        assert sha256(embedded(answer).encode()).hexdigest() == told["digest"]
        assert not auditor.includes(told, embedded(answer).replace("anna", "mallory"))


async def test_a_kept_checkpoint_is_how_the_log_still_begins(
    anna: Caller, auditor: Auditor, engine: AsyncEngine
) -> None:
    await anna.given(sku="LAMP-2")
    new = await signed(engine)

    told = (await anna.gets(f"{CONSISTENCY}?from={auditor.kept.size}")).gives(200).body

    assert (told["from"], told["to"]) == (auditor.kept.size, new.size)
    assert new.size > auditor.kept.size
    assert auditor.extends(told)
    assert not Auditor(auditor.key, TreeHead("", auditor.kept.size, new.root)).extends(told)


async def test_a_rewritten_log_is_found_by_who_kept_a_checkpoint(
    anna: Caller, auditor: Auditor, engine: AsyncEngine
) -> None:
    """Even by one who owns the database, its key and all that was signed."""
    await forged(engine, 1)
    answer = (await anna.gets(f"{INCLUSION}?position=1")).gives(200)
    assert not auditor.includes(answer.body, embedded(answer))


async def test_between_any_two_sizes(anna: Caller, auditor: Auditor) -> None:
    told = (await anna.gets(f"{CONSISTENCY}?from=1&to=1")).gives(200).body
    assert (told["from"], told["to"], told["proof"]) == (1, 1, [])
    told = (await anna.gets(f"{CONSISTENCY}?from=1&to={auditor.kept.size}")).gives(200).body
    assert len(told["proof"]) == 1


async def test_before_the_first_checkpoint_there_is_no_proof(anna: Caller) -> None:
    await anna.given()
    for path in (CHECKPOINT, f"{INCLUSION}?position=1", f"{CONSISTENCY}?from=1"):
        (await anna.gets(path)).refused(404, "no-checkpoint")


@pytest.mark.parametrize(
    "path",
    [
        f"{INCLUSION}?position=99",
        f"{INCLUSION}?position=1&size=99",
        f"{INCLUSION}?position=1&size={2**63 - 1}",
        f"{CONSISTENCY}?from=99",
        f"{CONSISTENCY}?from=1&to=99",
    ],
)
async def test_what_is_not_covered_says_what_is(anna: Caller, auditor: Auditor, path: str) -> None:
    problem = (await anna.gets(path)).refused(404, "not-covered")
    assert problem["size"] == auditor.kept.size


async def test_an_event_is_proven_by_the_checkpoint_that_was_kept(
    anna: Caller, auditor: Auditor, engine: AsyncEngine
) -> None:
    kept = (await anna.gets(CHECKPOINT)).gives(200).body["note"]
    await anna.given(sku="LAMP-2")
    await signed(engine)
    path = f"{INCLUSION}?position=1&size={auditor.kept.size}"

    answer = (await anna.gets(path)).gives(200)

    assert answer.body["checkpoint"] == kept
    assert auditor.includes(answer.body, embedded(answer))


async def test_who_holds_a_larger_checkpoint_is_told_what_it_means(
    anna: Caller, auditor: Auditor
) -> None:
    problem = (await anna.gets(f"{CONSISTENCY}?from={auditor.kept.size + 1}")).refused(
        404, "not-covered"
    )
    assert "more events than `size`, the log was cut." in problem["detail"]


@pytest.mark.parametrize(
    ("table", "statement", "path", "missing"),
    [
        pytest.param(
            "events",
            "delete from event_store.events where position = 1",
            f"{INCLUSION}?position=1",
            "events among positions 1 to 1",
            id="an event",
        ),
        pytest.param(
            "tree_nodes",
            "delete from event_store.tree_nodes",
            f"{CONSISTENCY}?from={PAGE + 1}",
            "tree nodes among 0 to 0 of level 1",
            id="a tree node",
        ),
    ],
)
async def test_a_damaged_log_says_what_is_missing(
    anna: Caller, engine: AsyncEngine, table: str, statement: str, path: str, missing: str
) -> None:
    await grown(engine, PAGE + 2)
    await signed(engine)
    await rewritten(engine, table, statement)

    with capture_logs() as logs:
        problem = (await anna.gets(path)).refused(500, "log-damaged")

    assert problem["missing"] == missing
    (error,) = [entry for entry in logs if entry["log_level"] == "error"]
    assert error == {
        "event": "log_damaged",
        "log_level": "error",
        "catalog": "main",
        "missing": missing,
    }


async def test_a_checkpoint_can_be_waited_for(
    anna: Caller, auditor: Auditor, engine: AsyncEngine
) -> None:
    receipt = await anna.given(sku="LAMP-2")
    path = f"{INCLUSION}?position={receipt['position']}"
    waiting = {"Catalog-Min-Position": str(receipt["position"]), "Catalog-Wait": "20"}
    (await anna.gets(path, waiting)).refused(503, "projection-behind")
    await signed(engine)
    answer = (await anna.gets(path, waiting)).gives(200)
    assert auditor.includes(answer.body, embedded(answer))


@pytest.mark.parametrize(
    ("path", "pointer"),
    [
        (INCLUSION, "/position"),
        (f"{INCLUSION}?position=0", "/position"),
        (f"{INCLUSION}?position={2**63}", "/position"),
        (f"{INCLUSION}?position=one", "/position"),
        (f"{INCLUSION}?position=1_000", "/position"),
        (f"{INCLUSION}?position=%2B5", "/position"),
        (f"{INCLUSION}?position=5.0", "/position"),
        (f"{INCLUSION}?position=1&size=0", "/size"),
        (CONSISTENCY, "/from"),
        (f"{CONSISTENCY}?from=0", "/from"),
        (f"{CONSISTENCY}?from=2&to=1", "/from"),
        (f"{CONSISTENCY}?from=1&to=0", "/to"),
        (f"{CONSISTENCY}?from=1&until=2", "/until"),
        (f"{CHECKPOINT}?size=1", "/size"),
    ],
)
async def test_sizes_have_limits(anna: Caller, path: str, pointer: str) -> None:
    (error,) = (await anna.gets(path)).refused(422, "invalid-input")["errors"]
    assert (error["in"], error["pointer"]) == ("query", pointer)


@pytest.mark.parametrize(
    ("role", "status"), [("viewer", 403), ("editor", 403), ("auditor", 200), ("admin", 200)]
)
async def test_proofs_are_for_auditors(
    auditor: Auditor, client: AsyncClient, engine: AsyncEngine, role: Role, status: int
) -> None:
    assert auditor
    await given_user(engine, "ada", {"main": role})
    ada = Caller(client, await Service(client).token_of("ada"))
    for path in (CHECKPOINT, f"{INCLUSION}?position=1", f"{CONSISTENCY}?from=1"):
        (await ada.gets(path)).gives(status)
        (await ada.gets(path.replace("main", "other"))).refused(404, "unknown-catalog")
        (await Caller(client).gets(path)).refused(401, "unauthenticated")
