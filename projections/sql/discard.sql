insert into projections.discarded (catalog_id, stream_id, position, actor)
values ($1, $2, $3, $4)
on conflict do nothing
