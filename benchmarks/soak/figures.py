"""What a soak showed, for a file."""

import msgspec

from benchmarks.soak.course import Outcome
from benchmarks.soak.promises import cut_by


def figures(outcome: Outcome) -> dict[str, object]:
    statuses = outcome.tally.statuses
    return {
        "seconds": outcome.seconds,
        "answers": [
            {"what": what, "status": status, "answers": n} for (what, status), n in statuses.items()
        ],
        "faults": [
            {
                "name": struck.fault.name,
                "share": struck.fault.share,
                "seconds": struck.seconds,
                "not_answered": cut_by(outcome, struck),
            }
            for struck in outcome.faults
        ],
        "judgement": msgspec.to_builtins(outcome.judgement),
        "memory": msgspec.to_builtins(outcome.memory),
    }
