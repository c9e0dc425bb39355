insert into bench.inserted_by_pgbench values (
    'main', nextval('bench.inserted_by_pgbench_position'), uuidv7(), 1, 'PriceSet', 1,
    '{"amount":1999,"currency":"USD"}', 'benchmark', '0198c0de-0000-7000-8000-000000000000', null,
    now(), now(), decode('0000000000000000000000000000000000000000000000000000000000000000', 'hex')
);
