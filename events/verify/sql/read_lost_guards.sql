-- Triggers that should refuse changes of the log, and do not fire whatever the session is.
select g.guarded || '.' || g.name as guard, t.tgenabled::text as enabled
from (values
    ('events', 'events_are_append_only'),
    ('events', 'an_event_does_not_change'),
    ('catalogs', 'catalogs_are_kept'),
    ('catalogs', 'a_catalog_is_kept'),
    ('streams', 'streams_are_kept'),
    ('streams', 'a_stream_is_kept'),
    ('tree_nodes', 'tree_nodes_are_append_only'),
    ('tree_nodes', 'a_tree_node_does_not_change'),
    ('checkpoints', 'checkpoints_are_append_only'),
    ('checkpoints', 'a_checkpoint_does_not_change')
) as g (guarded, name)
left join pg_trigger t
       on t.tgrelid = to_regclass('event_store.' || g.guarded) and t.tgname = g.name
      and t.tgfoid = to_regproc('event_store.refuse_change')
where t.tgenabled is distinct from 'A'
