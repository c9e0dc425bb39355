"""Appends are counted by what came of them, batches by their size."""

from prometheus_client import REGISTRY
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.appends import NEW, appended, asked, renamed, taking


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(f"catalog_command_{name}", labels) or 0.0


def by_outcome() -> dict[str, float]:
    outcomes = ("appended", "replayed", "key_reused", "version_conflict", "claim_taken")
    return {each: counted("appends_total", catalog="main", outcome=each) for each in outcomes}


async def test_each_append_of_a_batch_is_counted_by_its_outcome(engine: AsyncEngine) -> None:
    before, events = by_outcome(), counted("events_appended_total", catalog="main")
    batches, appends = counted("append_batch_appends_count"), counted("append_batch_appends_sum")
    seconds = counted("append_batch_seconds_count")
    first = asked(None, renamed, renamed, expected=NEW, claims=taking("LAMP-1"), key="k")

    await appended(
        engine,
        first,
        first,
        asked(key="k", request=b"another"),
        asked(first.stream_id, expected=NEW),
        asked(claims=taking("LAMP-1")),
    )

    assert {each: now - before[each] for each, now in by_outcome().items()} == dict.fromkeys(
        before, 1.0
    )
    assert counted("events_appended_total", catalog="main") == events + 2
    assert counted("append_batch_appends_count") == batches + 1
    assert counted("append_batch_appends_sum") == appends + 5
    assert counted("append_batch_seconds_count") == seconds + 1
