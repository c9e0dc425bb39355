-- No key there was is believed any more, and $1 signs at once; nothing is made beside a key that
-- somebody else has made meanwhile.
with revoked as (
    update access.signing_keys
    set signs_until = least(signs_until, now()), verifies_until = now()
    where verifies_until is null or verifies_until > now()
    returning kid
)
insert into access.signing_keys (kid, public_key, private_key)
select $1, $2, $3 from (select count(*) from revoked) as all_of_them
on conflict do nothing
