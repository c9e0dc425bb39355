-- Tables like the log's, with the same columns and unique indexes, for those who check nothing.
create schema bench;
create sequence bench.inserted_position;
create table bench.inserted (like event_store.events including indexes);
create sequence bench.inserted_by_pgbench_position;
create table bench.inserted_by_pgbench (like event_store.events including indexes);
