"""The triggers that keep the log as it is, whether they are there and on."""

from events.database import Connection, statement
from events.verify.finding import ANY, Finding

_LOST = statement(__package__, "sql/read_lost_guards.sql")


async def verify_guards(connection: Connection) -> list[Finding]:
    return [
        Finding(
            kind="guard",
            catalog=ANY,
            place={"trigger": guard},
            expected="a trigger that refuses changes in every session",
            found="none" if enabled is None else f"one with tgenabled {enabled}",
        )
        for guard, enabled in await connection.fetch(_LOST)
    ]
