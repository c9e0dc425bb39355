"""Whose job it is to follow: who writes to its catalog has imports, who operates it all others."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request

from api.auth.access import REFUSALS, Confirmed
from api.auth.decisions import asking, permits
from api.auth.roles import Right
from api.jobs.showing import is_import
from api.resources import of
from commands import jobs
from commands.errors import UnknownJob
from commands.jobs import Job
from events.database import driver

JOB_REFUSALS = (*REFUSALS, UnknownJob)


def right_to(job: Job) -> Right:
    return "write" if is_import(job) else "operate"


@asking("write")
async def _followed(job_id: UUID, principal: Confirmed, request: Request) -> Job:
    async with driver((await of(request)).engine) as connection:
        job = await jobs.find(connection, job_id)
    if job is None or not permits(request.scope, principal, right_to(job), job.catalog):
        raise UnknownJob
    return job


type Followed = Annotated[Job, Depends(_followed)]
