"""Who may wait for a turn to try a password."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import anyio
from anyio.abc import TaskGroup
from structlog.testing import capture_logs

from api.auth.entering.attempts import Attempt
from api.auth.entering.turns import AT_ONCE, RESERVED, WAITING_LIMIT, WAITING_OF_ONE, Turns
from api.errors import TooManyAttempts

HOME, ATTACKER = "192.0.2.1", "203.0.113.7"


@dataclass
class Crowd:
    """Those who come stay, with a turn or waiting for one."""

    tasks: TaskGroup
    turns: Turns = field(default_factory=Turns)

    async def lets(self, username: str, address: str, *, is_known: bool = False) -> bool:
        """Whether he may stay."""
        refused = False

        async def stay() -> None:
            nonlocal refused
            try:
                async with self.turns.taken(Attempt(username, address), is_known=is_known):
                    await anyio.sleep_forever()
            except TooManyAttempts:
                refused = True

        self.tasks.start_soon(stay)
        await anyio.wait_all_tasks_blocked()
        return not refused

    async def fills(self) -> None:
        """All that those whom nobody knows may have."""
        for number in range(AT_ONCE + WAITING_LIMIT - RESERVED):
            assert await self.lets("ada", f"198.51.100.{number}")


@asynccontextmanager
async def gathered() -> AsyncIterator[Crowd]:
    async with anyio.create_task_group() as tasks:
        yield Crowd(tasks)
        tasks.cancel_scope.cancel()


async def test_a_network_has_a_few_places_whatever_names_it_tries() -> None:
    async with gathered() as crowd:
        tried = [await crowd.lets(f"user-{number}", ATTACKER) for number in range(20)]
        assert tried == [True] * (AT_ONCE + WAITING_OF_ONE) + [False] * (18 - WAITING_OF_ONE)

        assert await crowd.lets("ada", HOME)


async def test_a_user_at_a_known_address_has_places_beside_those_of_its_network() -> None:
    async with gathered() as crowd:
        for number in range(20):
            await crowd.lets(f"user-{number}", HOME)

        tried = [await crowd.lets("ada", HOME, is_known=True) for _ in range(5)]

        assert tried == [True] * WAITING_OF_ONE + [False]
        assert await crowd.lets("eve", HOME, is_known=True)


async def test_places_are_kept_for_known_addresses() -> None:
    async with gathered() as crowd:
        await crowd.fills()
        assert not await crowd.lets("ada", HOME)

        users = [f"user-{number}" for number in range(RESERVED + 1)]
        tried = [await crowd.lets(username, HOME, is_known=True) for username in users]

        assert tried == [True] * RESERVED + [False]


async def test_who_has_waited_leaves_a_place_to_the_next() -> None:
    turns = Turns()
    done = 0

    async def come() -> None:
        nonlocal done
        async with turns.taken(Attempt("ada", ATTACKER), is_known=False):
            await anyio.lowlevel.checkpoint()
            done += 1

    for _ in range(3):
        async with anyio.create_task_group() as tasks:
            for _ in range(AT_ONCE + WAITING_OF_ONE):
                tasks.start_soon(come)

    assert done == 3 * (AT_ONCE + WAITING_OF_ONE)


async def test_who_gives_up_leaves_his_place() -> None:
    async with gathered() as crowd:
        turns = crowd.turns
        while await crowd.lets("ada", ATTACKER):
            pass

    async with gathered() as crowd:
        crowd.turns = turns
        tried = [await crowd.lets("ada", ATTACKER) for _ in range(AT_ONCE + WAITING_OF_ONE)]
        assert tried == [True] * (AT_ONCE + WAITING_OF_ONE)


async def test_who_may_not_wait_leaves_a_line() -> None:
    async with gathered() as crowd:
        with capture_logs() as lines:
            while await crowd.lets("ada", ATTACKER):
                pass

    assert lines == [
        {
            "event": "token_throttled",
            "log_level": "warning",
            "username": "ada",
            "address": ATTACKER,
            "full": ["waiting"],
        }
    ]
