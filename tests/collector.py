"""What a collector of traces receives: OTLP over HTTP, as protobuf."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.eventually import eventually

type Value = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Collected:
    service: str
    span: Span

    @property
    def name(self) -> str:
        return self.span.name

    @property
    def trace(self) -> str:
        return self.span.trace_id.hex()

    @property
    def id(self) -> str:
        return self.span.span_id.hex()

    @property
    def parent(self) -> str:
        return self.span.parent_span_id.hex()

    @property
    def links(self) -> list[tuple[str, str]]:
        return [(link.trace_id.hex(), link.span_id.hex()) for link in self.span.links]

    @property
    def attributes(self) -> dict[str, Value]:
        return _values(self.span.attributes)

    @property
    def place(self) -> tuple[str, str]:
        return self.trace, self.id


@dataclass(slots=True)
class Collector:
    endpoint: str = ""
    spans: list[Collected] = field(default_factory=list)

    def receive(self, body: bytes) -> None:
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            service = str(_values(resource.resource.attributes)["service.name"])
            for scope in resource.scope_spans:
                self.spans += [Collected(service, span) for span in scope.spans]

    def named(self, name: str) -> list[Collected]:
        return [each for each in self.spans if each.name == name]

    async def has(self, name: str) -> Collected:
        """The first span of that name, once it is there."""
        return (await self.have(name, 1))[0]

    async def of_request(self, request_id: str) -> Collected:
        """The span of the request of that id, once it is there."""

        async def received() -> bool:
            return bool(self._of(request_id))

        await eventually(received)
        [span] = self._of(request_id)
        return span

    def _of(self, request_id: str) -> list[Collected]:
        return [
            each for each in self.spans if each.attributes.get("catalog.request_id") == request_id
        ]

    async def have(self, name: str, number: int) -> list[Collected]:
        async def received() -> bool:
            return len(self.named(name)) >= number

        await eventually(received)
        return self.named(name)


def _values(attributes: Sequence[KeyValue]) -> dict[str, Value]:
    return {each.key: _value(each.value) for each in attributes}


def _value(value: AnyValue) -> Value:
    found: Value = getattr(value, value.WhichOneof("value") or "string_value")
    return found


@contextmanager
def collecting() -> Iterator[Collector]:
    collector = Collector()

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            collector.receive(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(ExportTraceServiceResponse().SerializeToString())

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        collector.endpoint = f"http://127.0.0.1:{server.server_port}"
        serving = Thread(target=server.serve_forever, args=(0.02,))
        serving.start()
        try:
            yield collector
        finally:
            server.shutdown()
            serving.join()
