-- The hash of a person's password, and where that person has logged in: in sessions that are kept,
-- until a day after they expire.
select person.password_hash, array(
    select distinct opened.address
    from access.sessions as opened
    where opened.username = person.username and opened.address is not null
) as addresses
from access.users as person
where person.username = $1 and person.password_hash is not null
