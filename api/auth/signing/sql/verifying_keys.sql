select kid, public_key from access.signing_keys
where verifies_until is null or verifies_until > now()
order by signs_from
