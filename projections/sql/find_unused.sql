-- A rollback goes to the last one of its code: those before it serve nobody.
select g.generation
from projections.generations g
where g.state = 'building' and g.held_until < clock_timestamp()
    or g.state = 'retired' and (
        g.updated_at < clock_timestamp() - $1::interval
        or exists (
            select from projections.generations later
            where later.state = 'retired' and later.code_digest = g.code_digest
                and later.switched > g.switched
        )
    )
order by g.generation
limit 1
for update skip locked
