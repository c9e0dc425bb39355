"""Metrics are open to anybody on the inside, and cost little however many ask."""

import asyncio

import pytest

from api.measuring import scraping
from api.measuring.scraping import Scrapes
from projections.projector import Progress

BEHIND = Progress("main", 1, 3, b"", 1, 3, 4.5, 2, 0)


class Log:
    def __init__(self) -> None:
        self.asked = 0

    async def __call__(self) -> list[Progress]:
        self.asked += 1
        await asyncio.sleep(0)
        return [BEHIND]


async def test_all_who_scrape_at_a_time_share_one_text() -> None:
    scrapes = Scrapes(log := Log())
    texts = await asyncio.gather(*(scrapes.text() for _ in range(20)))
    assert all(each is texts[0] for each in texts)
    assert b'catalog_query_lag_events{catalog="main"}' in texts[0]
    assert log.asked == 1


async def test_a_later_scrape_is_a_new_text_and_asks_the_log_again_after_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(scraping, "SHARED_SECONDS", 60.0)
    scrapes = Scrapes(log := Log())
    first, second = await scrapes.text(), await scrapes.text()
    assert first is not second
    assert log.asked == 1
    monkeypatch.setattr(scraping, "SHARED_SECONDS", 0.0)
    await scrapes.text()
    assert log.asked == 2


async def test_who_answers_no_reads_tells_of_no_lag() -> None:
    assert b"catalog_query_lag" not in await Scrapes(None).text()
