"""What does not answer is asked by one, now and then; everybody else goes on without it."""

import asyncio
import time
from dataclasses import dataclass, field

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import OutOfMemoryError
from structlog.testing import capture_logs

from events.circuit import Away, Circuit, redis_circuit

REST = 1.0


@dataclass
class Service:
    """What stands behind a circuit whose clock the test moves."""

    deadline: float = 30.0
    now: float = 0.0
    told: list[bool] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.circuit = Circuit(
            "service",
            faults=(ConnectionError,),
            refusals=(LookupError,),
            deadline_seconds=self.deadline,
            rest_seconds=REST,
            told=lambda circuit: self.told.append(circuit.is_open),
            clock=lambda: self.now,
        )

    async def answers(self) -> str:
        async with self.circuit.asked():
            return "answered"

    async def fails(self, error: Exception) -> None:
        async with self.circuit.asked():
            raise error

    async def answers_when(self, event: asyncio.Event, began: asyncio.Event) -> None:
        async with self.circuit.asked():
            began.set()
            await event.wait()

    async def is_away(self) -> bool:
        try:
            await self.answers()
        except Away:
            return True
        return False


@pytest.fixture
def service() -> Service:
    return Service()


async def opened(service: Service) -> Service:
    with pytest.raises(Away):
        await service.fails(ConnectionError())
    return service


async def test_it_lets_through_what_answers(service: Service) -> None:
    assert await service.answers() == "answered"
    assert not service.circuit.is_open
    assert service.told == []


async def test_a_fault_opens_it_and_nobody_asks_while_it_rests(service: Service) -> None:
    await opened(service)
    service.now += REST / 2

    assert await service.is_away()
    assert service.circuit.is_open


async def test_what_is_too_slow_is_away() -> None:
    slow = Service(deadline=0)
    with pytest.raises(Away):
        await slow.answers_when(asyncio.Event(), asyncio.Event())

    assert slow.told == [True]


async def test_who_began_to_wait_meanwhile_is_set_free_by_the_first_deadline() -> None:
    slow = Service(deadline=0)
    never, began = asyncio.Event(), asyncio.Event()
    first = asyncio.create_task(slow.answers_when(never, began))
    await began.wait()
    await asyncio.sleep(0)
    assert not first.done()
    other = asyncio.create_task(slow.answers_when(never, asyncio.Event()))

    await asyncio.wait([first])

    assert other.done()
    assert [type(each.exception()) for each in (first, other)] == [Away, Away]
    assert slow.told == [True]


async def test_a_process_that_stood_still_itself_does_not_take_others_for_slow() -> None:
    service = Service(deadline=0.1)
    answer, began = asyncio.Event(), asyncio.Event()
    asking = asyncio.create_task(service.answers_when(answer, began))
    await began.wait()

    time.sleep(0.2)  # noqa: ASYNC251 -- nothing goes on meanwhile
    answer.set()
    await asking

    assert service.told == []


async def test_after_its_rest_one_tries_and_the_others_go_on(service: Service) -> None:
    await opened(service)
    service.now += REST
    back, began = asyncio.Event(), asyncio.Event()
    trial = asyncio.create_task(service.answers_when(back, began))
    await began.wait()

    assert await service.is_away()

    back.set()
    await trial
    assert await service.answers() == "answered"
    assert service.told == [True, False]


async def test_a_trial_that_fails_is_followed_by_another_rest(service: Service) -> None:
    await opened(service)
    service.now += REST
    await opened(service)
    service.now += REST / 2
    assert await service.is_away()

    service.now += REST / 2
    assert await service.answers() == "answered"
    assert service.told == [True, False]


async def test_a_trial_that_is_broken_off_leaves_it_to_the_next(service: Service) -> None:
    await opened(service)
    service.now += REST
    began = asyncio.Event()
    trial = asyncio.create_task(service.answers_when(asyncio.Event(), began))
    await began.wait()
    trial.cancel()
    with pytest.raises(asyncio.CancelledError):
        await trial

    assert service.circuit.is_open
    assert await service.answers() == "answered"


async def test_a_refusal_is_an_answer(service: Service) -> None:
    with pytest.raises(Away):
        await service.fails(LookupError())
    assert not service.circuit.is_open

    await opened(service)
    service.now += REST
    with pytest.raises(Away):
        await service.fails(LookupError())
    assert not service.circuit.is_open


async def test_an_answer_from_before_it_opened_does_not_close_it(service: Service) -> None:
    late, began = asyncio.Event(), asyncio.Event()
    early = asyncio.create_task(service.answers_when(late, began))
    await began.wait()
    await opened(service)
    late.set()
    await early

    assert service.circuit.is_open


async def test_a_fault_from_before_it_opened_does_not_lengthen_its_rest(service: Service) -> None:
    slow = asyncio.Event()

    async def fails_late() -> None:
        async with service.circuit.asked():
            await slow.wait()
            raise ConnectionError

    early = asyncio.create_task(fails_late())
    await asyncio.sleep(0)
    await opened(service)
    service.now += REST / 2
    slow.set()
    with pytest.raises(Away):
        await early
    service.now += REST / 2

    assert await service.answers() == "answered"


async def test_what_is_no_fault_of_the_service_passes(service: Service) -> None:
    with pytest.raises(ValueError, match="mine"):
        await service.fails(ValueError("mine"))

    assert not service.circuit.is_open


async def test_the_log_tells_once_that_it_is_away_and_once_that_it_is_back(
    service: Service,
) -> None:
    with capture_logs() as logs:
        await opened(service)
        await service.is_away()
        service.now += REST
        await opened(service)
        service.now += REST
        await service.answers()

    assert [each["event"] for each in logs] == ["service_away", "service_back"]


async def test_a_redis_that_is_full_is_there(service: Service) -> None:
    circuit = redis_circuit(lambda circuit: service.told.append(circuit.is_open))
    with pytest.raises(Away):
        async with circuit.asked():
            raise OutOfMemoryError
    assert service.told == []

    with pytest.raises(Away):
        async with circuit.asked():
            raise RedisConnectionError
    assert service.told == [True]
