"""Every operation, asked for by everybody in each catalog, against what is written down here."""

from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy.ext.asyncio import AsyncEngine

from api.auth.roles import Principal, Role
from api.auth.staying.live import LiveSessions
from events.errors import DatabaseUnavailable
from tests.auth import Service, given_user
from tests.conversation import Caller
from tests.operations import CATALOG, OPERATIONS, operation_id
from tests.serving import served
from tests.stage import Stage

pytest_plugins = ("tests.conversation_fixtures",)

WHO: dict[str, dict[str, Role]] = {
    "viewer": {"main": "viewer"},
    "editor": {"main": "editor"},
    "auditor": {"main": "auditor"},
    "admin": {"main": "admin"},
    "stranger": {"outlet": "admin"},
    "both": {"main": "viewer", "outlet": "admin"},
    "machine": {"main": "editor"},
    "everywhere": {"*": "editor"},
}
"""And `nobody`, who has no token, and `root`, who is admin of `*`."""
OK = 0
"""What the operation gives to whom it is meant for."""

# What is answered in `main`, by the right that an operation takes.
COLUMNS = (
    "nobody", "viewer", "editor", "auditor", "admin", "stranger",
    "both", "machine", "everywhere", "root",
)  # fmt: skip
MATRIX = {
    "none":       (OK,  OK,  OK,  OK,  OK,  OK,  OK,  OK,  OK,  OK),
    "enter":      (401, OK,  OK,  OK,  OK,  OK,  OK,  OK,  OK,  OK),
    "read":       (401, OK,  OK,  OK,  OK,  404, OK,  OK,  OK,  OK),
    "write":      (401, 403, OK,  403, OK,  404, 403, OK,  OK,  OK),
    "audit":      (401, 403, 403, OK,  OK,  404, 403, 403, 403, OK),
    "operate":    (401, 403, 403, 403, OK,  404, 403, 403, 403, OK),
    "follow":     (401, 404, 404, 404, OK,  404, 404, 404, 404, OK),
    "import":     (401, 404, OK,  404, OK,  404, 404, OK,  OK,  OK),
    "override":   (401, 403, 403, 403, 403, 404, 403, 403, 403, OK),
    "administer": (401, 403, 403, 403, 403, 403, 403, 403, 403, OK),
}  # fmt: skip

# The rights that those have in `outlet` who have others in `main`, or the same everywhere.
IN_OUTLET = {
    "both": {"read", "write", "audit", "operate"},
    "everywhere": {"read", "write"},
}

RIGHTS = {
    "none": """
        is_alive is_ready get_health get_metrics explain_problem public_keys issue_token
    """,
    "enter": """
        who_am_i revoke_token list_own_sessions end_other_sessions end_own_session list_catalogs
    """,
    "read": """
        get_catalog get_categories list_products export_products get_product get_product_by_sku
    """,
    "write": """
        register_product change_product set_price remove_price publish_product unpublish_product
        archive_product restore_product revert_product import_feed list_imports
    """,
    "audit": """
        list_products@past export_products@past get_product@past get_product_by_sku@past
        get_history get_diff get_events
        get_events@stream
        get_price_history get_lowest_price get_checkpoint prove_inclusion prove_consistency
    """,
    "operate": """
        get_projections rebuild_projections list_interventions get_intervention refold_product
        retry_product discard_event list_audit_reads
    """,
    "follow": """
        get_job
    """,
    "import": """
        get_job@import get_job@stream cancel_job get_import_errors
    """,
    "override": """
        rebuild_projections@anyway
    """,
    "administer": """
        add_user list_users change_user remove_user list_sessions end_sessions end_session
        add_client list_clients change_client renew_client_secret remove_client open_catalog
    """,
}
RIGHT = {asked: right for right, operations in RIGHTS.items() for asked in operations.split()}
UNKNOWN = {"follow": "unknown-job", "import": "unknown-job"}
PROBLEMS = {401: "unauthenticated", 403: "forbidden"}


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[AsyncClient]:
    """Over a socket, so that an answer that does not end can be left."""
    async with served(app) as address, AsyncClient(base_url=address) as client:
        yield client


@pytest.fixture
async def stage(anna: Caller, client: AsyncClient, engine: AsyncEngine, projecting: None) -> Stage:
    assert projecting is None
    stage = Stage(client, engine, anna)
    await stage.set(WHO)
    return stage


async def test_everybody_gets_what_the_matrix_says(stage: Stage) -> None:
    """And each answer is described, and tells those who are known what they may still ask."""
    described = await responses(stage)
    for asked, right in RIGHT.items():
        ask = OPERATIONS[asked]
        for who, expected in zip(COLUMNS, MATRIX[right], strict=True):
            answer = await stage.asks(ask, who, "main")
            status = answer.response.status_code
            assert status == (expected or ask.gives), (asked, who)
            assert str(status) in described[operation_id(asked)]
            counted = asked == "issue_token" or (right != "none" and who != "nobody")
            assert ("RateLimit" in answer.headers) == counted, (asked, who)
            if expected:
                unknown = UNKNOWN.get(right, "unknown-catalog")
                answer.refused(expected, PROBLEMS.get(expected, unknown))


async def test_a_role_counts_in_its_own_catalog_alone(stage: Stage) -> None:
    """What they may ask of `outlet` is answered, though hardly anything is there."""
    for asked, right in RIGHT.items():
        if not OPERATIONS[asked].path.startswith(CATALOG):
            continue
        for who, rights in IN_OUTLET.items():
            answer = await stage.asks(OPERATIONS[asked], who, "outlet")
            if right in rights:
                assert answer.response.status_code not in {401, 403}, (asked, who)
                assert not answer.is_problem("unknown-catalog"), (asked, who)
            else:
                answer.refused(403, "forbidden")
            nowhere = await stage.asks(OPERATIONS[asked], who, "no-such-catalog")
            nowhere.refused(404, "unknown-catalog")
    for who in IN_OUTLET:
        listed = await stage.asks(OPERATIONS["list_catalogs"], who, "main")
        assert [each["key"] for each in listed.gives(200).body["items"]] == ["main", "outlet"]


async def test_no_role_in_one_catalog_tells_anything_of_another(stage: Stage) -> None:
    of_catalogs = {asked for asked in RIGHT if OPERATIONS[asked].path.startswith(CATALOG)}
    assert len(of_catalogs) > 30
    for asked in of_catalogs:
        for catalog in ("outlet", "no-such-catalog"):
            for who in ("viewer", "editor", "auditor", "admin", "machine"):
                answer = await stage.asks(OPERATIONS[asked], who, catalog)
                assert answer.response.status_code == 404, (asked, who)
                answer.refused(404, "unknown-catalog")
            (await stage.asks(OPERATIONS[asked], "nobody", catalog)).refused(401, "unauthenticated")
    for who in ("viewer", "editor", "auditor", "admin", "machine"):
        listed = await stage.asks(OPERATIONS["list_catalogs"], who, "main")
        assert [each["key"] for each in listed.gives(200).body["items"]] == ["main"]


async def test_who_is_known_by_an_old_word_may_read_and_do_nothing_else(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As while the primary is away, that alone knows who may do more (ADR 11)."""
    await given_user(stage.engine, "doubted", {"*": "admin"})
    stage.tokens["doubted"] = await Service(stage.http).token_of("doubted")
    look_up, remember = LiveSessions.principal, LiveSessions.known

    def doubted(found: Principal | None) -> Principal | None:
        return replace(found, is_confirmed=found.username != "doubted") if found else None

    def known(sessions: LiveSessions, session_id: UUID) -> Principal | None:
        return doubted(remember(sessions, session_id))

    async def principal(sessions: LiveSessions, session_id: UUID) -> Principal | None:
        return doubted(await look_up(sessions, session_id))

    async def unavailable(_: LiveSessions, __: UUID) -> None:
        raise DatabaseUnavailable

    monkeypatch.setattr(LiveSessions, "known", known)
    monkeypatch.setattr(LiveSessions, "principal", principal)
    monkeypatch.setattr(LiveSessions, "confirmed", unavailable)
    for asked, right in RIGHT.items():
        if right not in {"none", "enter"}:
            ask = OPERATIONS[asked]
            answer = await stage.asks(ask, "doubted", "main")
            expected = ask.gives if right == "read" else 503
            assert answer.response.status_code == expected, asked


async def test_no_operation_is_missing_here(stage: Stage) -> None:
    assert {operation_id(asked) for asked in RIGHT} == set(await responses(stage))
    assert set(RIGHT) == set(OPERATIONS)
    assert len(RIGHT) == sum(len(operations.split()) for operations in RIGHTS.values())


async def responses(stage: Stage) -> dict[str, set[str]]:
    """The statuses that each operation may answer with, by its document."""
    document = (await stage.root.gets("/openapi.json")).gives(200).body
    return {
        operation["operationId"]: set(operation["responses"])
        for path in document["paths"].values()
        for operation in path.values()
    }
