-- Nobody applies the log to this generation until the transaction ends, nor begins to.
insert into projections.checkpoints as k (catalog_id, generation)
select $1, generation from projections.generations where generation = $2 and state = 'live'
on conflict (catalog_id, generation) do update set position = k.position
returning position
