"""What hypothesis does to a catalog of its own, step by step."""

import asyncio
from collections.abc import Awaitable
from itertools import count

from hypothesis.stateful import RuleBasedStateMachine, initialize

from events.database import create_engine
from tests.given import opened

catalogs = count(1)


class CatalogMachine(RuleBasedStateMachine):
    """Of the database that a test gives to a class derived from it."""

    database_url: str
    pool_size: int

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.engine = create_engine(
            self.database_url, pool_size=self.pool_size, application="catalog-tests"
        )
        self.catalog = f"modelled-{next(catalogs)}"

    def does[T](self, asked: Awaitable[T]) -> T:
        async def awaited() -> T:
            return await asked

        return self.runner.run(awaited())

    @initialize()
    def opens(self) -> None:
        self.does(opened(self.engine, self.catalog))

    def teardown(self) -> None:
        self.does(self.engine.dispose())
        self.runner.close()
