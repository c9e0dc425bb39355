-- Every refresh token of a session names its family by a secret, so that none has to be kept to be
-- known again. Sessions from before have no family: they end with their access tokens.
alter table access.sessions
    drop column previous_digest,
    add column family_digest bytea;

-- A key signs from one moment to another, and is believed for a while longer.
alter table access.signing_keys rename column retired_at to signs_until;
alter table access.signing_keys
    add column signs_from timestamptz not null default now(),
    add column verifies_until timestamptz;
update access.signing_keys
set signs_from = created_at, verifies_until = signs_until + interval '930 seconds';

grant select (signs_from, verifies_until) on access.signing_keys to catalog_query;
