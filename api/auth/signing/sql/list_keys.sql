select
    kid, signs_from, signs_until, verifies_until,
    case
        when verifies_until <= now() then 'retired'
        when signs_until <= now() then 'retires'
        when signs_from > now() then 'next'
        else 'signs'
    end as state,
    case
        when verifies_until <= now() then verifies_until
        when signs_until <= now() then signs_until
        when signs_from > now() then created_at
        else signs_from
    end as since
from access.signing_keys
order by signs_from desc
