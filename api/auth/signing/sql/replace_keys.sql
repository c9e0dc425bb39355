-- There is no key any more, and $1 signs at once: what leaked must not come back to life where the
-- clock is behind, as after a failover. Nothing is made beside a key that somebody else has made
-- meanwhile.
with removed as (
    delete from access.signing_keys returning kid
)
insert into access.signing_keys (kid, public_key, private_key)
select $1, $2, $3 from (select count(*) from removed) as all_of_them
on conflict do nothing
