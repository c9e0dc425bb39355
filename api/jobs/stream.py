"""A job as server-sent events: how it stands, whenever that is news, until it has ended."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Literal

from fastapi import Request, Response

from api.auth.staying.lasting import still_may
from api.jobs.followed import right_to
from api.jobs.showing import shown
from api.jobs.watched import Watched
from api.resources import Resources
from api.streaming.catching_up import Given
from api.streaming.response import EventStream
from api.streaming.sending import Pace
from api.streaming.wire import event
from commands.jobs import Job


class JobSubscription:
    """One reader's: what he has not been told is told as it is by then."""

    def __init__(self, watched: Watched) -> None:
        self.position = 0
        """How many events he has been sent."""
        self._watched = watched
        self._told: Job | None = None

    @property
    def ended(self) -> Literal["all_told"] | None:
        return "all_told" if self._told and self._told.finished_at else None

    async def next(self, within: float) -> Given:
        if self._watched.job is self._told:
            await self._watched.changes(within)
        job = self._watched.job
        if job is self._told:
            return Given(b"", 0, self.position)
        self._told = job
        self.position += 1
        name = "ended" if job.finished_at else "job"
        body = event(self.position, name, shown(job).model_dump_json().encode())
        return Given(body, 1, self.position)


def job_stream(request: Request, held: Resources, user: str, job: Job) -> Response:
    return EventStream(
        partial(_subscribed, held, user, job),
        partial(still_may, request, right_to(job), job.catalog),
        Pace(held.settings.event_stream_heartbeat_seconds, held.settings.event_stream_send_seconds),
        ending=held.event_streams.ending,
    )


@contextmanager
def _subscribed(held: Resources, user: str, job: Job) -> Iterator[JobSubscription]:
    with held.event_streams.counted(user):
        yield JobSubscription(held.watched_jobs.of(job))
