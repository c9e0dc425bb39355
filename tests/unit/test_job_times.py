"""How long a job is held, beside what its work holds."""

from projections.building import HELD, RENEW_SECONDS
from workers.worker import JOB_LEASE_SECONDS


def test_what_a_killed_worker_was_building_is_free_before_its_job_is_begun_again() -> None:
    assert HELD.total_seconds() + RENEW_SECONDS < JOB_LEASE_SECONDS
