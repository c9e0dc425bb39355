"""The job that imports a feed: how `commands.feeds.importing` is run by a worker."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass

from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine
from uuid_utils.compat import uuid7

from api.background import running
from api.settings import Settings
from api.write_sides import WriteSides
from commands.feeds.asked import Asked
from commands.feeds.formats.opening import Reading, open_feed
from commands.feeds.importing import import_feed
from commands.feeds.jobs import IMPORT, ImportArguments
from commands.feeds.marks import FAILURES_KEPT
from commands.feeds.rows import Feed
from commands.feeds.run import Outcome as RunOutcome
from commands.feeds.runs import abandon
from commands.jobs import Job
from commands.write_side import WriteSide
from events.database import driver, pool
from workers.considerate import Considerate
from workers.import_progress import ImportProgress
from workers.job_leases import Details, JobLease
from workers.job_report import Report
from workers.uploads import Uploads

POOL_SIZE = 4


@dataclass(frozen=True, slots=True)
class Importing:
    settings: Settings
    uploads: Uploads

    async def __call__(
        self, engine: AsyncEngine, redis: Redis, lease: JobLease, report: Report
    ) -> Details:
        """On connections of its own.

        Raises what `import_feed` does, and before that `UploadUnseen` and `UploadDamaged`.
        """
        job, arguments = lease.job, ImportArguments.of(lease.job.arguments)
        with ExitStack() as stack:
            feed = await asyncio.to_thread(stack.enter_context, self._feed(arguments))
            progress = ImportProgress(job.catalog, arguments, feed, report)
            async with self._write_side(engine, redis, job.catalog) as side:
                await import_feed(side, feed, _asked(job, arguments), progress.told)
        return progress.details

    async def ended(self, engine: AsyncEngine, job: Job) -> None:
        """For good: what is left of an import that nobody goes on with is put away."""
        if job.kind != IMPORT:
            return
        self.uploads.forget(job)
        run = (job.catalog, job.arguments["source"], job.id.bytes)
        outcome: RunOutcome = "cancelled" if job.state == "cancelled" else "failed"
        async with driver(engine) as connection, connection.transaction():
            await abandon(connection, *run, outcome, job.problem)

    @contextmanager
    def _feed(self, arguments: ImportArguments) -> Iterator[Feed]:
        """Much is read before its first row: this is no work for the loop."""
        reading = Reading(
            form=arguments.form,
            mapping=arguments.mapping,
            currency=arguments.currency,
            unpacked_bytes=self.settings.upload_unpacked_limit_bytes,
        )
        with self.uploads.opened(arguments) as file, open_feed(file, reading) as feed:
            yield feed

    @asynccontextmanager
    async def _write_side(
        self, engine: AsyncEngine, redis: Redis, catalog: str
    ) -> AsyncIterator[WriteSide]:
        """Whoever projects the catalog hears of each commit."""
        url = engine.url.render_as_string(hide_password=False)
        async with pool(url, application="catalog-import", pool_size=POOL_SIZE) as own:
            sides = WriteSides(
                own,
                redis,
                queue_limit=self.settings.append_queue_limit,
                batch_limit=self.settings.append_batch_limit,
                appender=Considerate,
            )
            async with running(sides.nudging):
                yield sides.of(catalog)


def _asked(job: Job, arguments: ImportArguments) -> Asked:
    """What another worker has begun of the same job is gone on with."""
    allowed = arguments.max_errors
    return Asked(
        run_id=uuid7(),
        identity=job.id.bytes,
        actor=job.actor,
        correlation_id=job.correlation_id,
        mode=arguments.mode,
        source=arguments.source,
        dry_run=arguments.dry_run,
        occurred_at=arguments.occurred_at,
        max_errors=FAILURES_KEPT if allowed is None else allowed,
    )
