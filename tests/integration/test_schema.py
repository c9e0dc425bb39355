from alembic import command
from sqlalchemy.ext.asyncio import AsyncEngine

from migrations.run import config


async def test_the_models_describe_what_the_migrations_make(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        await connection.run_sync(lambda sync: command.check(config(sync)))
