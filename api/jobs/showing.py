"""What each kind of job tells of itself."""

from typing import Any

from api import outputs
from commands.feeds.jobs import IMPORT
from commands.jobs import Job

type Shown = outputs.RebuildJob | outputs.ImportJob | outputs.Job


def shown(job: Job) -> Shown:
    match job.kind:
        case "rebuild":
            return outputs.RebuildJob.model_validate(members(job))
        case "import":
            return shown_import(job)
        case _:
            return outputs.Job.model_validate(members(job))


def shown_import(job: Job) -> outputs.ImportJob:
    asked = {name: job.arguments[name] for name in ("source", "mode", "dry_run")}
    asked["correlation_id"] = job.correlation_id
    errors_url = f"/v1/jobs/{job.id}/errors" if job.details.get("failed") else None
    told = members(job) | asked | {"errors_url": errors_url}
    return outputs.ImportJob.model_validate(told)


def members(job: Job) -> dict[str, Any]:
    """What every job has is never what its kind has to tell."""
    return {**job.details, **{name: getattr(job, name) for name in outputs.Job.model_fields}}


def is_import(job: Job) -> bool:
    return job.kind == IMPORT
