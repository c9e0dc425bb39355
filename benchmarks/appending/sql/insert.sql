insert into bench.inserted
values ($1, nextval('bench.inserted_position'), $2, $3, $4, $5, $6, $7, $8, null, now(), now(), $9)
