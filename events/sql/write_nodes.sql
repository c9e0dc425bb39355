insert into event_store.tree_nodes (catalog_id, level, index, hash)
select $1, n.level, n.index, n.hash
from unnest($2::smallint[], $3::bigint[], $4::bytea[]) as n (level, index, hash)
