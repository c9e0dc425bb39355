"""What is found when all is quiet: in the log, in the read tables, and by readers."""

from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks.material.projected import caught_up
from benchmarks.material.story import CATALOG
from benchmarks.soak.caller import Credentials
from benchmarks.soak.oracle import Verdict, told, verdict
from benchmarks.soak.readers import Looked, looked
from benchmarks.soak.stage import Stage
from benchmarks.soak.tally import Tally
from cli.verification import verify_catalogs
from events.database import driver, pool


@dataclass(frozen=True, slots=True)
class Judgement:
    verdict: Verdict
    looked: Looked
    verified: int
    """Events of the log that were read."""
    findings: Mapping[str, int]
    """How many of each kind `catalog verify` has."""


async def judged(stage: Stage, credentials: Credentials, tally: Tally) -> Judgement:
    """Raises TimeoutError where the read side does not catch up."""
    written = {write.receipt.product for write in tally.writes if write.receipt}
    async with pool(stage.installation.database_url, application="catalog-bench") as engine:
        async with driver(engine) as connection:
            await caught_up(connection)
            found = await verdict(connection, tally.writes)
            said = await told(connection)
        report = await verify_catalogs(engine, (), (), None)
    seen = await looked(stage, credentials, {each: said[each] for each in written & said.keys()})
    return Judgement(found, seen, report.scopes[CATALOG].events, report.counts)
