"""Tables with tens of thousands of products, made in seconds: past the log, straight in SQL."""

from collections.abc import Sequence
from functools import partial

from events.database import Connection
from projections.projection import ReadModel
from projections.read_models import READ_MODELS, READ_TABLES
from projections.writing import written
from tests.eventually import eventually

COUNT = 50_000

_FILL = (
    """
    create temp table made on commit drop as
    select n, md5(n::text)::uuid as product_id, 'product ' || md5((n * 7)::text) as name,
           'Brand ' || (array[n % 7, n % 97, n])[1 + n % 3] as brand,
           'c' || n % 3 || '/d' || n % 40 as category,
           case when n % 400 = 0 then 'archived' when n % 3 = 0 then 'published' else 'draft' end
               as status,
           array['t' || n % 5, 'u' || n % 2000] as tags,
           jsonb_build_object('main', jsonb_build_object(
               'color', array['color ' || n % 9], 'code', array['k' || n]
           )) as attributes,
           now() - n * interval '1 minute' as updated_at
    from generate_series(1, $1::integer) n
    """,
    """
    insert into read_1.product_details (
        catalog_id, product_id, sku, version, updated_at, status, category, brand, document,
        since
    )
    select 'main', product_id, 'S-' || n, 1, updated_at, status, category, brand,
           json_build_object('id', product_id, 'name', name, 'filling', repeat('x', 400)),
           updated_at
    from made
    """,
    """
    insert into read_1.product_search (
        catalog_id, product_id, name, brand, category, status, tags, attributes,
        language, searched, since
    )
    select 'main', product_id, name, brand, category, status, tags, attributes, 'simple',
           concat_ws(E'\n', name || ' s ' || n, brand || ' ' || translate(category, '/', ' '),
               'word' || n % 6 || ' rare' || n % 2000, '', '@main'), updated_at
    from made
    """,
    """
    insert into read_1.product_prices (
        catalog_id, product_id, currency, amount, status, category, brand, since
    )
    select 'main', product_id, 'EUR', n * 7919 % 100000, status, category, brand, updated_at
    from made
    where n % 4 <> 0
    """,
)


async def fill(connection: Connection, count: int = COUNT) -> None:
    """As many products of the catalog `main`: each filter has values that few have, and many."""
    async with connection.transaction():
        first, *others = _FILL
        await connection.execute(first, count)
        for each in others:
            await connection.execute(each)
        for model in READ_MODELS:
            await connection.execute(_remembered(model))
    for table in READ_TABLES:
        await eventually(partial(_vacuumed, connection, f"read_1.{table.name}"))


def _remembered(model: ReadModel) -> str:
    """Each row was there in the same words for a month before."""
    columns = ", ".join(name for name in written(model.table) if name != "since")
    return f"""
        insert into read_1.{model.past.name} ({columns}, since, until)
        select {columns}, since - interval '30 days', since from only read_1.{model.table.name}
    """


async def _vacuumed(connection: Connection, table: str) -> bool:
    """Whether all its pages are known to be visible: whoever analyzes meanwhile prevents that."""
    await connection.execute(f"vacuum analyze {table}")
    query = "select relallvisible >= relpages from pg_class where oid = $1::text::regclass"
    return bool(await connection.fetchval(query, table))


async def plan(
    connection: Connection,
    settings: str,
    query: str,
    arguments: Sequence[object],
) -> str:
    """As PostgreSQL explains it, carried out and counted, in JSON."""
    async with connection.transaction():
        await connection.execute(settings)
        explained = f"explain (analyze, buffers, timing off, format json) {query}"
        found: str = await connection.fetchval(explained, *arguments)
    return found
