"""Whatever is asked of the log, in whatever order, it does what a plain Python model does."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    invariant,
    rule,
    run_state_machine_as_test,
)

from events.append import Append, Claim, Idempotent, Outcome, find_receipt
from events.codec import encode
from events.database import driver
from events.log import read_heads, read_log, read_stream
from events.product import ProductRenamed
from events.recorded import Recorded
from tests.appends import appended, appender, logged
from tests.log_model import LogModel, agree, times_agree
from tests.machine import CatalogMachine

STREAMS = [UUID(int=number) for number in range(1, 4)]
KEYS, VALUES, KINDS = ["k1", "k2"], ["A", "B"], ["sku", "name"]
MOMENTS = [None, datetime(2020, 1, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC)]
LONG_HENCE = datetime(2999, 1, 1, tzinfo=UTC)

VERSIONS = "select stream_id, version from event_store.streams where catalog_id = $1"
CLAIMS = "select kind, value, stream_id from event_store.claims where catalog_id = $1"


@dataclass(frozen=True, slots=True)
class Wish:
    """An append whose expected version is told from that which the stream has before the call."""

    stream: UUID
    events: int
    ahead: int | None
    claims: Sequence[Claim]
    key: str | None
    request: bytes
    occurred_at: datetime | None


claims = st.builds(
    Claim, kind=st.sampled_from(KINDS), value=st.sampled_from(VALUES), held=st.booleans()
)
requests = st.sampled_from([b"one", b"another"])
wishes = st.builds(
    Wish,
    stream=st.sampled_from(STREAMS),
    events=st.integers(0, 3),
    ahead=st.sampled_from([None, None, 0, 0, 1, -1, 2]),
    claims=st.lists(claims, max_size=3),
    key=st.none() | st.sampled_from(KEYS),
    request=requests,
    occurred_at=st.sampled_from([*MOMENTS, LONG_HENCE]),
)
calls = st.lists(wishes, min_size=1, max_size=5)


class Machine(CatalogMachine):
    """A catalog of its own, and the model of it."""

    pool_size = 2

    def __init__(self) -> None:
        super().__init__()
        self.model = LogModel()
        self.numbers = count(1)

    @rule(call=calls)
    def appends_in_one_call(self, call: Sequence[Wish]) -> None:
        appends = self.asked(call)
        self.expect(appends, self.does(appended(self.engine, *appends, catalog=self.catalog)))

    @rule(call=calls)
    def appends_as_writers_of_one_process(self, call: Sequence[Wish]) -> None:
        appends = self.asked(call)
        writer = appender(self.engine, batch_limit=2, catalog=self.catalog)

        async def gathered() -> list[Outcome]:
            return await asyncio.gather(*(writer.append(each) for each in appends))

        self.expect(appends, self.does(gathered()))

    def asked(self, call: Sequence[Wish]) -> list[Append]:
        return [self._append(wish, self.model.versions.get(wish.stream, 0)) for wish in call]

    def _append(self, wish: Wish, version: int) -> Append:
        return Append(
            stream_id=wish.stream,
            events=[
                encode(ProductRenamed(name=f"event {next(self.numbers)}"))
                for _ in range(wish.events)
            ],
            actor="tests",
            correlation_id="model",
            occurred_at=wish.occurred_at,
            expected_version=None if wish.ahead is None else max(0, version + wish.ahead),
            claims=wish.claims,
            idempotent=Idempotent(key=wish.key, request_digest=wish.request) if wish.key else None,
        )

    def expect(self, appends: Sequence[Append], outcomes: Sequence[Outcome]) -> None:
        assert list(outcomes) == [self.model.append(each) for each in appends]

    @rule(key=st.sampled_from(KEYS), request=requests)
    def finds_a_receipt(self, key: str, request: bytes) -> None:
        idempotent = Idempotent(key=key, request_digest=request)

        async def found() -> object:
            async with driver(self.engine) as connection:
                return await find_receipt(connection, self.catalog, idempotent)

        assert self.does(found()) == self.model.receipt(idempotent)

    @rule(after=st.integers(0, 20), limit=st.integers(1, 10), stream=st.sampled_from(STREAMS))
    def reads(self, after: int, limit: int, stream: UUID) -> None:
        async def found() -> tuple[list[Recorded], list[Recorded]]:
            async with driver(self.engine) as connection:
                page = await read_log(connection, self.catalog, after=after, limit=limit)
                return page, await read_stream(connection, self.catalog, stream)

        page, history = self.does(found())
        assert agree(page, self.model.log[after : after + limit])
        assert agree(history, self.model.stream(stream))

    @invariant()
    def holds_what_the_model_holds(self) -> None:
        self.does(self._compare())

    async def _compare(self) -> None:
        log = await logged(self.engine, self.catalog)
        assert agree(log, self.model.log)
        assert times_agree(log, self.model.log)
        async with driver(self.engine) as connection:
            heads = await read_heads(connection)
            versions = await connection.fetch(VERSIONS, self.catalog)
            held = await connection.fetch(CLAIMS, self.catalog)
        assert heads[self.catalog] == len(self.model.log)
        assert {row[0]: row[1] for row in versions} == self.model.versions
        assert {(kind, value): stream for kind, value, stream in held} == self.model.claims


def test_the_log_does_what_a_plain_model_does(database_url: str) -> None:
    machine = type("Machine", (Machine,), {"database_url": database_url})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=100,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
