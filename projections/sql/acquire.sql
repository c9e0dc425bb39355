insert into projections.checkpoints as k (catalog_id, generation, epoch, holder, held_until)
select $1, g.generation, 1, $3, clock_timestamp() + $4::interval
from projections.generations g
where g.generation = $2 and g.state in ('live', 'building')
on conflict (catalog_id, generation) do update
set epoch = k.epoch + 1, holder = excluded.holder, held_until = excluded.held_until
where k.held_until < clock_timestamp() or k.holder = excluded.holder
returning epoch, position
