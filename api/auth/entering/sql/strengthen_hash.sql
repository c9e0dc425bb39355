-- Of the same password: no session ends. Who is changing the row has his reasons, and goes before.
update access.users
set password_hash = $3
where username = (
    select username from access.users
    where username = $1 and password_hash = $2
    for no key update skip locked
)
