"""What PostgreSQL itself refuses to each process, whatever the code above it does."""

import pytest

from tests.compose.stack import CommandError, Stack

ROLES = ("command_api", "query_api", "worker")
CHANGES = (
    "insert into event_store.events select * from event_store.events",
    "update event_store.events set data = '{}'",
    "delete from event_store.events",
    "truncate event_store.events",
)
REFUSED = r"permission denied|must be owner"


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    "statement",
    [
        *CHANGES,
        "alter table event_store.events disable trigger all",
        "drop table event_store.events",
        "drop schema event_store cascade",
    ],
)
def test_the_log_is_out_of_reach(stack: Stack, role: str, statement: str) -> None:
    with pytest.raises(CommandError, match=REFUSED):
        stack.sql(role, statement)


@pytest.mark.parametrize("statement", CHANGES[1:])
def test_even_the_owner_changes_no_event(stack: Stack, statement: str) -> None:
    with pytest.raises(CommandError, match="append-only"):
        stack.sql("owner", statement)


def test_the_query_side_may_write_nothing_but_who_has_audited(stack: Stack) -> None:
    writable = stack.sql(
        "query_api",
        """select c.oid::regclass from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('r', 'p', 'v') and n.nspname <> 'pg_catalog'
              and (has_table_privilege(c.oid, 'insert, update, delete, truncate')
                   or has_any_column_privilege(c.oid, 'insert, update'))""",
    )
    assert writable == "access.audit_reads"


def test_the_query_side_may_not_append(stack: Stack) -> None:
    callable_by_query = stack.sql(
        "query_api",
        """select p.proname from pg_proc p
            where p.pronamespace = 'event_store'::regnamespace
              and has_function_privilege(p.oid, 'execute')""",
    )
    assert callable_by_query == "canonical_event"


@pytest.mark.parametrize("role", [*ROLES, "owner"])
def test_no_role_rules_the_server(stack: Stack, role: str) -> None:
    attributes = "rolsuper or rolcreatedb or rolbypassrls or rolreplication"
    assert (
        stack.sql("postgres", f"select {attributes} from pg_roles where rolname = '{role}'") == "f"
    )


def test_a_process_holds_no_password_but_its_own(stack: Stack) -> None:
    url = stack.inside("query-api", "cat", "/run/secrets/catalog_database_url").strip()
    files = stack.inside("query-api", "ls", "/run/secrets").split()
    assert files == ["catalog_database_url", "catalog_redis_url"]
    connect = "import asyncio, asyncpg, sys; asyncio.run(asyncpg.connect(sys.argv[1]))"
    stack.inside("query-api", "python", "-c", connect, url)
    with pytest.raises(CommandError, match="password authentication failed"):
        stack.inside("query-api", "python", "-c", connect, url.replace("query_api", "owner"))


@pytest.mark.parametrize("role", ["query_api", "worker"])
@pytest.mark.parametrize(
    "statement",
    ["select password_hash from access.users", "select private_key from access.signing_keys"],
)
def test_only_the_command_side_reads_secrets(stack: Stack, role: str, statement: str) -> None:
    with pytest.raises(CommandError, match="permission denied"):
        stack.sql(role, statement)


@pytest.mark.parametrize("role", ["query_api", "worker"])
def test_only_the_command_side_reads_who_has_audited(stack: Stack, role: str) -> None:
    with pytest.raises(CommandError, match="permission denied"):
        stack.sql(role, "select actor from access.audit_reads")


@pytest.mark.parametrize("role", ["command_api", "query_api"])
def test_only_the_worker_reads_the_key_of_the_log(stack: Stack, role: str) -> None:
    with pytest.raises(CommandError, match="permission denied"):
        stack.sql(role, "select private_key from event_store.log_keys")


@pytest.mark.parametrize("role", ["command_api", "query_api"])
@pytest.mark.parametrize("table", ["checkpoints", "tree_nodes", "log_keys"])
def test_only_the_worker_signs(stack: Stack, role: str, table: str) -> None:
    with pytest.raises(CommandError, match="permission denied"):
        stack.sql(role, f"insert into event_store.{table} default values")


@pytest.mark.parametrize("role", ["command_api", "query_api"])
@pytest.mark.parametrize("table", ["runs", "products", "seen", "failures"])
def test_only_the_worker_imports(stack: Stack, role: str, table: str) -> None:
    with pytest.raises(CommandError, match="permission denied"):
        stack.sql(role, f"insert into feeds.{table} default values")


def test_api_and_worker_share_the_uploads(stack: Stack) -> None:
    stack.inside("command-api", "sh", "-c", "echo LAMP-1 > $CATALOG_UPLOADS_DIRECTORY/feed")
    assert stack.inside("worker", "cat", "/uploads/feed").strip() == "LAMP-1"
    stack.inside("worker", "rm", "/uploads/feed")
