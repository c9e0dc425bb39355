create table event_store.log_keys (
    name        text primary key,
    public_key  bytea not null,
    private_key bytea not null,
    created_at  timestamptz not null default now()
);
create unique index log_keys_only_one on event_store.log_keys ((true));

create table event_store.tree_nodes (
    catalog_id text not null,
    level      smallint not null,
    index      bigint not null,
    hash       bytea not null,
    primary key (catalog_id, level, index)
);

create table event_store.checkpoints (
    catalog_id  text not null,
    size        bigint not null,
    root        bytea not null,
    note        text not null,
    recorded_at timestamptz not null default now(),
    primary key (catalog_id, size)
);

create trigger tree_nodes_are_append_only
    before update or delete or truncate on event_store.tree_nodes
    for each statement execute function event_store.refuse_change();
create trigger checkpoints_are_append_only
    before update or delete or truncate on event_store.checkpoints
    for each statement execute function event_store.refuse_change();
create trigger a_tree_node_does_not_change
    before update or delete on event_store.tree_nodes
    for each row execute function event_store.refuse_change();
create trigger a_checkpoint_does_not_change
    before update or delete on event_store.checkpoints
    for each row execute function event_store.refuse_change();
alter table event_store.tree_nodes enable always trigger tree_nodes_are_append_only;
alter table event_store.tree_nodes enable always trigger a_tree_node_does_not_change;
alter table event_store.checkpoints enable always trigger checkpoints_are_append_only;
alter table event_store.checkpoints enable always trigger a_checkpoint_does_not_change;

grant select on event_store.log_keys to catalog_projection;
grant select (name, public_key, created_at) on event_store.log_keys to catalog_query;
grant select on event_store.tree_nodes, event_store.checkpoints
    to catalog_query, catalog_projection;
grant insert on event_store.tree_nodes, event_store.checkpoints to catalog_projection;
grant execute on function event_store.canonical_event to catalog_query;
