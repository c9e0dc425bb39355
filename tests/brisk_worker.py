"""`catalog worker` that is sooner taken for dead, as one who holds a job and who builds."""

import sys
from datetime import timedelta

from api.settings import Settings
from projections import building
from workers import worker

if __name__ == "__main__":
    job, build, worker.JOB_POLL_SECONDS = map(float, sys.argv[1:])
    worker.JOB_LEASE_SECONDS, building.HELD = job, timedelta(seconds=build)
    worker.run(Settings())
