"""Python's `eventsourcing` with its PostgreSQL recorder and its defaults: threads, 15 connections.

The recorder alone, without aggregates and transcoding: the library at its fastest.
"""

from collections.abc import Callable, Iterator, Mapping

from eventsourcing.persistence import ApplicationRecorder, StoredEvent
from eventsourcing.postgres import PostgresFactory
from eventsourcing.utils import Environment
from uuid_utils.compat import uuid7

from benchmarks.asking.load import Load, Window, by_threads
from benchmarks.material.story import EVENTS_A_PRODUCT, PRICED, REGISTERED
from benchmarks.peers.eventsourcing_environment import DEFAULTS, FUNCTIONS, environment


def with_table_lock(url: str, writers: int, window: Window) -> Load:
    return _write(url, writers, window, DEFAULTS)


def with_functions(url: str, writers: int, window: Window) -> Load:
    return _write(url, writers, window, FUNCTIONS)


def _write(url: str, writers: int, window: Window, settings: Mapping[str, str]) -> Load:
    with PostgresFactory(Environment("Bench", environment(url, settings))) as factory:
        recorder = factory.application_recorder()
        return by_threads(window, [_recording(recorder) for _ in range(writers)])


def _recording(recorder: ApplicationRecorder) -> Callable[[], object]:
    story = _told()
    return lambda: recorder.insert_events([next(story)])


def _told() -> Iterator[StoredEvent]:
    while True:
        stream = uuid7()
        for version in range(1, EVENTS_A_PRODUCT + 1):
            event = REGISTERED if version == 1 else PRICED
            yield StoredEvent(stream, version, f"events.product:{event.type}", event.data.encode())
