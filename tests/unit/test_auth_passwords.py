from time import process_time

import anyio
import pytest

from api.auth.entering.attempts import Attempt
from api.auth.entering.passwords import Passwords
from api.auth.entering.turns import AT_ONCE

PASSWORD = "correct horse battery"


async def test_a_password_matches_its_own_hash_only() -> None:
    passwords = Passwords(rounds=4)
    known = await passwords.hashed(PASSWORD)

    assert await passwords.match(PASSWORD, known)
    assert not await passwords.match(PASSWORD + " ", known)
    assert not await passwords.match(PASSWORD, await passwords.hashed("x" * 12))


async def test_bytes_beyond_those_that_bcrypt_reads_do_not_count_as_equal() -> None:
    passwords = Passwords(rounds=4)
    known = await passwords.hashed("x" * 72)

    assert await passwords.match("x" * 72, known)
    assert not await passwords.match("x" * 73, known)
    assert not await passwords.match("x" * 100_000, known)


async def test_nobody_has_no_password_and_costs_as_much() -> None:
    passwords = Passwords(rounds=10)
    known = await passwords.hashed(PASSWORD)

    async def cost(hashed: str | None) -> float:
        began = process_time()
        assert not await passwords.match("wrong", hashed)
        return process_time() - began

    nobody = min([await cost(None) for _ in range(5)])
    somebody = min([await cost(known) for _ in range(5)])
    assert 0.5 < nobody / somebody < 2


async def test_a_hash_of_fewer_rounds_costs_as_much_to_be_refused() -> None:
    """Else whoever measures learns which users there are that have not logged in for long."""
    passwords = Passwords(rounds=10)
    known = await Passwords(rounds=5).hashed(PASSWORD)

    async def cost(hashed: str | None) -> float:
        began = process_time()
        assert not await passwords.match("wrong", hashed)
        return process_time() - began

    nobody = min([await cost(None) for _ in range(5)])
    somebody = min([await cost(known) for _ in range(5)])
    assert 0.5 < nobody / somebody < 2
    assert await passwords.match(PASSWORD, known)


@pytest.mark.parametrize(("rounds", "weaker"), [(5, True), (6, False), (7, False)])
async def test_a_hash_is_weaker_that_costs_less_than_the_setting(
    rounds: int, *, weaker: bool
) -> None:
    assert Passwords(rounds=6).is_weaker(await Passwords(rounds).hashed(PASSWORD)) is weaker


@pytest.mark.parametrize("password", ["", "nul \0 nul", "passwörter sind lang", "🔑" * 18])
async def test_any_text_may_be_tried(password: str) -> None:
    passwords = Passwords(rounds=4)

    assert await passwords.match(password, await passwords.hashed(password))


async def test_a_new_password_waits_for_nobody_who_tries_one() -> None:
    passwords = Passwords(rounds=4)

    async def guess() -> None:
        async with passwords.turns.taken(Attempt("ada", "192.0.2.1"), is_known=False):
            await anyio.sleep_forever()

    async with anyio.create_task_group() as guessing:
        for _ in range(AT_ONCE):
            guessing.start_soon(guess)
        await anyio.wait_all_tasks_blocked()

        with anyio.fail_after(10):
            assert await passwords.match(PASSWORD, await passwords.hashed(PASSWORD))
        guessing.cancel_scope.cancel()
