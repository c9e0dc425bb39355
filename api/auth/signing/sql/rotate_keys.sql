-- The key $1 is published now, and signs in place of the last one when $4 is over. Nothing happens
-- while there is one that has not begun. What verifies no more is of no use to anybody but a thief.
with ending as (
    update access.signing_keys
    set signs_until = now() + $4::interval, verifies_until = now() + $4::interval + $5::interval
    where signs_until is null and signs_from <= now()
    returning signs_until
), forgotten as (
    delete from access.signing_keys
    where verifies_until <= now() and exists (select from ending)
)
insert into access.signing_keys (kid, public_key, private_key, signs_from)
select $1, $2, $3, signs_until from ending
returning kid
