"""The API's metrics: `catalog_command_*` of the write side, `catalog_query_*` of the read side."""

from typing import Literal

from prometheus_client import Counter, Gauge, Histogram, disable_created_metrics

from api.settings import Side
from events.circuit import Circuit, Told
from events.database import PoolState

disable_created_metrics()  # type: ignore[no-untyped-call]

type MeasuredSide = Literal["command", "query"]

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_LABELS = ["operation", "method", "status"]


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
        self.pool = Gauge(
            f"catalog_{side}_pool_connections", "Connections to PostgreSQL", ["state"]
        )
        self.circuit_open = Gauge(
            f"catalog_{side}_circuit_open", "Whether it is left alone: it was slow or away", ["of"]
        )
        self.circuit_openings = Counter(
            f"catalog_{side}_circuit_openings_total", "How often it was found slow or away", ["of"]
        )
        self.unconfirmed = Counter(
            f"catalog_{side}_unconfirmed_sessions_total",
            "Look-ups that took a session to be alive without the primary",
        )

        self._answered: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def answered(self, operation: str, method: str, status: int, seconds: float) -> None:
        """To find a child by its labels costs more than to count, so they are kept."""
        labels = operation, method, status
        if labels not in self._answered:
            counter = self.requests.labels(operation, method, str(status))
            self._answered[labels] = (counter, self.seconds.labels(operation))
        counter, histogram = self._answered[labels]
        counter.inc()
        histogram.observe(seconds)
        if status >= 500:  # noqa: PLR2004 -- server errors, RFC 9110
            self.errors.labels(operation).inc()

    def refused(self, problem: str) -> None:
        self.refusals.labels(problem).inc()

    def circuit(self, of: str) -> Told:
        """Told of the circuit of that name, it keeps count."""
        is_open, openings = self.circuit_open.labels(of), self.circuit_openings.labels(of)

        def told(circuit: Circuit) -> None:
            is_open.set(circuit.is_open)
            openings.inc(circuit.is_open)

        return told

    def pooled(self, state: PoolState) -> None:
        self.pool.labels("in_use").set(state.in_use)
        self.pool.labels("free").set(state.free)
        self.pool.labels("limit").set(state.limit)


SIDES: dict[MeasuredSide, SideMetrics] = {
    "command": SideMetrics("command"),
    "query": SideMetrics("query"),
}


def of_process(side: Side) -> SideMetrics:
    """What counts there that belongs to no request."""
    return SIDES["query" if side == "queries" else "command"]


APPENDS_WAITING = Gauge(
    "catalog_command_appends_waiting", "Appends that wait for a commit", ["catalog"]
)
WAITING_READS = Gauge("catalog_query_waiting_reads", "Reads that wait for a position")
LAG_EVENTS = Gauge("catalog_query_lag_events", "Events that reads do not show yet", ["catalog"])
LAG_SECONDS = Gauge(
    "catalog_query_lag_seconds", "Age of the oldest event that reads do not show", ["catalog"]
)
EVENT_STREAMS = Gauge("catalog_query_event_streams", "Event streams that are open")
EVENT_STREAMS_LAG = Gauge(
    "catalog_query_event_streams_lag_events", "Events of a followed log that are not read yet"
)
EVENTS_STREAMED = Counter("catalog_query_events_streamed_total", "Events sent on event streams")
SLOW_STREAMS = Counter(
    "catalog_query_slow_streams_total", "Event streams ended as their readers took nothing"
)
