"""The API's metrics: `catalog_command_*` of the write side, `catalog_query_*` of the read side.

Where processes share a port (`metrics_directory.py`) gauges are summed over those that live, or the
highest counts.
"""

from itertools import product
from typing import Literal

from prometheus_client import Counter, Gauge, Histogram, disable_created_metrics

from api.settings import Side
from events.circuit import Circuit, Told
from events.database import PoolState

disable_created_metrics()  # type: ignore[no-untyped-call]

type MeasuredSide = Literal["command", "query"]

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_LABELS = ["operation", "method", "status"]
METHODS = frozenset({"DELETE", "GET", "OPTIONS", "PATCH", "POST", "PUT"})
"""That operations have; HEAD is counted as GET."""


class SideMetrics:
    def __init__(self, side: MeasuredSide) -> None:
        self.requests = Counter(f"catalog_{side}_requests_total", "Requests answered", _LABELS)
        self.errors = Counter(
            f"catalog_{side}_errors_total", "Requests answered with a 5xx status", ["operation"]
        )
        self.refusals = Counter(
            f"catalog_{side}_refusals_total", "Requests refused, by type of problem", ["problem"]
        )
        self.seconds = Histogram(
            f"catalog_{side}_request_seconds",
            "Time from a request to the end of its answer",
            ["operation"],
            buckets=_BUCKETS,
        )
        self._begin_databases(side)
        self._begin_access(side)
        self._answered: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def _begin_databases(self, side: MeasuredSide) -> None:
        self.pool = Gauge(
            f"catalog_{side}_pool_connections",
            "Connections to PostgreSQL",
            ["of", "state"],
            multiprocess_mode="livesum",
        )
        self.pool_waiting = Gauge(
            f"catalog_{side}_pool_waiting",
            "Callers who wait for a connection to PostgreSQL",
            ["of"],
            multiprocess_mode="livesum",
        )
        self.circuit_open = Gauge(
            f"catalog_{side}_circuit_open",
            "Whether it is left alone: it was slow or away",
            ["of"],
            multiprocess_mode="livemax",
        )
        self.circuit_openings = Counter(
            f"catalog_{side}_circuit_openings_total", "How often it was found slow or away", ["of"]
        )

    def _begin_access(self, side: MeasuredSide) -> None:
        self.unconfirmed = Counter(
            f"catalog_{side}_unconfirmed_sessions_total",
            "Look-ups that took a session to be alive without the primary",
        )
        self.decisions = Counter(
            f"catalog_{side}_access_decisions_total",
            "Decisions on who may do what",
            ["right", "decision"],
        )
        self.decided = {
            (right, decision): self.decisions.labels(right, decision)
            for right in ("read", "write", "audit", "operate", "administer", "enter")
            for decision in ("allowed", "refused")
        }
        """By right and decision; each begins at 0."""

    def answered(self, operation: str, method: str, status: int, seconds: float) -> None:
        """To find a child by its labels costs more than to count, so they are kept."""
        counted = self._answered.get((operation, method, status))
        counter, histogram = counted or self._bind(operation, method, status)
        counter.inc()
        histogram.observe(seconds)
        if status >= 500:  # noqa: PLR2004 -- server errors, RFC 9110
            self.errors.labels(operation).inc()

    def _bind(self, operation: str, method: str, status: int) -> tuple[Counter, Histogram]:
        """What anybody may send makes no series: a method that no operation has is `other`.

        An operation begins with no error: to Prometheus, from nothing to 1 is no increase.
        """
        labels = operation, method if method in METHODS else "other", status
        if labels not in self._answered:
            counter = self.requests.labels(*map(str, labels))
            self._answered[labels] = (counter, self.seconds.labels(operation))
            self.errors.labels(operation)
        return self._answered[labels]

    def refused(self, problem: str) -> None:
        self.refusals.labels(problem).inc()

    def circuit(self, of: str) -> Told:
        """Told of the circuit of that name, it keeps count."""
        is_open, openings = self.circuit_open.labels(of), self.circuit_openings.labels(of)

        def told(circuit: Circuit) -> None:
            is_open.set(circuit.is_open)
            openings.inc(circuit.is_open)

        return told

    def pooled(self, of: str, state: PoolState) -> None:
        self.pool.labels(of, "in_use").set(state.in_use)
        self.pool.labels(of, "free").set(state.free)
        self.pool.labels(of, "limit").set(state.limit)
        self.pool_waiting.labels(of).set(state.waiting)


SIDES: dict[MeasuredSide, SideMetrics] = {
    "command": SideMetrics("command"),
    "query": SideMetrics("query"),
}


def of_process(side: Side) -> SideMetrics:
    """What counts there that belongs to no request."""
    return SIDES["query" if side == "queries" else "command"]


APPENDS_WAITING = Gauge(
    "catalog_command_appends_waiting",
    "Appends that wait for a commit",
    ["catalog"],
    multiprocess_mode="livesum",
)
LOGINS = Counter(
    "catalog_command_logins_total",
    "Requests for a token, by what came of them: granted, or the problem they were refused with",
    ["grant", "outcome"],
)
REFRESH_TOKENS_REUSED = Counter(
    "catalog_command_refresh_tokens_reused_total",
    "Refresh tokens that came a second time, which ended their sessions",
)
for labels in product(
    ("client_credentials", "password", "refresh_token"), ("granted", "invalid-credentials")
):
    LOGINS.labels(*labels)  # to Prometheus, from nothing to 1 is no increase
AUDIT_READS = Counter(
    "catalog_query_audit_reads_total", "Reads of the audit part, each recorded", ["operation"]
)
WAITING_READS = Gauge(
    "catalog_query_waiting_reads", "Reads that wait for a position", multiprocess_mode="livesum"
)
EVENT_STREAMS = Gauge(
    "catalog_query_event_streams", "Event streams that are open", multiprocess_mode="livesum"
)
EVENT_STREAMS_LAG = Gauge(
    "catalog_query_event_streams_lag_events",
    "Events of a followed log that are not read yet",
    multiprocess_mode="livemax",
)
EVENTS_STREAMED = Counter("catalog_query_events_streamed_total", "Events sent on event streams")
SLOW_STREAMS = Counter(
    "catalog_query_slow_streams_total", "Event streams ended as their readers took nothing"
)
EXPORTS = Gauge("catalog_query_exports", "Exports that are under way", multiprocess_mode="livesum")
EXPORTS_ENDED = Counter(
    "catalog_query_exports_ended_total",
    "Exports that had begun, by how they ended: complete; failed, reader_slow or too_long, which"
    " were cut off; or reader_left",
    ["outcome"],
)
for outcome in ("complete", "failed", "reader_left", "reader_slow", "too_long"):
    EXPORTS_ENDED.labels(outcome)
