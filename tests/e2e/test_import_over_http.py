"""A feed from its upload to what can be read of it, and its refused rows back again."""

from collections.abc import AsyncIterator

import pytest
from httpx import AsyncClient
from sqlalchemy.ext.asyncio import AsyncEngine

from api.settings import Settings
from tests.conversation import PRODUCTS, Caller
from tests.event_source import Event, connected
from tests.importing import importer, lying
from tests.uploading import IMPORTS, uploads

pytest_plugins = ("tests.conversation_fixtures",)

FEED = b"sku,name,price\r\nLAMP-1,Lamp,19.99\r\nLAMP-2,,5\r\nLAMP-3,Lamp,7.5\r\n"
CSV = {"Content-Type": "text/csv"}


@pytest.fixture
async def client(address: str) -> AsyncIterator[AsyncClient]:
    async with AsyncClient(base_url=address) as client:
        yield client


async def last_of(address: str, caller: Caller, job_id: str) -> Event:
    assert caller.token
    async with connected(address, caller.token, path=f"/v1/jobs/{job_id}") as stream:
        while (event := await stream.event()).type != "ended":
            pass
        return event


@pytest.mark.usefixtures("projecting")
async def test_what_was_refused_is_corrected_and_imported_again(
    anna: Caller, address: str, settings: Settings, engine: AsyncEngine
) -> None:
    async with importer(settings, engine):
        job = (await uploads(anna, FEED, headers=CSV)).gives(202).body
        done = (await last_of(address, anna, job["id"])).data
        assert (done["state"], done["phase"]) == ("succeeded", "done")
        assert (done["rows"], done["created"], done["failed"]) == (3, 2, 1)
        lamp = await anna.reads(f"{PRODUCTS}/by-sku/LAMP-1", done["position"])
        assert [each["decimal"] for each in lamp.body["prices"]] == ["19.99"]

        report = (await anna.gets(f"{done['errors_url']}?format=csv")).gives(200).response.content
        assert report.count(b"LAMP-2") == 1
        corrected = report.replace(b"LAMP-2,,", b"LAMP-2,Desk,")
        job = (await uploads(anna, corrected, headers=CSV)).gives(202).body
        done = (await last_of(address, anna, job["id"])).data
        assert (done["rows"], done["created"], done["errors_url"]) == (1, 1, None)
        desk = await anna.reads(f"{PRODUCTS}/by-sku/LAMP-2", done["position"])
        assert desk.body["name"] == "Desk"
    assert lying(settings) == []
    assert len((await anna.gets(IMPORTS)).gives(200).body["items"]) == 2
