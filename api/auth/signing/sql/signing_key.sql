-- One begins where the one before ends, so the first that has not ended is the one of this moment.
select kid, private_key from access.signing_keys
where signs_until is null or signs_until > now()
order by signs_from
limit 1
