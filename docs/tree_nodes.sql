-- Computes every stored node of the logs' trees anew, from the digests of the events. For the
-- owner of the tables, and only when `catalog verify` finds nothing but `tree-node`, and that at
-- positions that are signed: docs/deployment.md.

begin;

alter table event_store.tree_nodes disable trigger user;
truncate event_store.tree_nodes;
alter table event_store.tree_nodes enable always trigger tree_nodes_are_append_only;
alter table event_store.tree_nodes enable always trigger a_tree_node_does_not_change;

create or replace function pg_temp.root(hashes bytea[]) returns bytea language plpgsql as $$
begin
    while cardinality(hashes) > 1 loop
        hashes := array(
            select sha256('\x01' || hashes[n] || hashes[n + 1])
            from generate_series(1, cardinality(hashes), 2) as n
            order by n
        );
    end loop;
    return hashes[1];
end
$$;

-- Only what is signed: the worker writes the rest.
insert into event_store.tree_nodes (catalog_id, level, index, hash)
select e.catalog_id, 1, (e.position - 1) / 256,
       pg_temp.root(array_agg(sha256('\x00' || e.digest) order by e.position))
from event_store.events e
join (
    select catalog_id, max(size) as size from event_store.checkpoints group by catalog_id
) signed on signed.catalog_id = e.catalog_id and e.position <= signed.size / 256 * 256
group by e.catalog_id, (e.position - 1) / 256;

do $$
begin
    for below in 1 .. 6 loop
        insert into event_store.tree_nodes (catalog_id, level, index, hash)
        select catalog_id, below + 1, index / 256, pg_temp.root(array_agg(hash order by index))
        from event_store.tree_nodes
        where level = below
        group by catalog_id, index / 256
        having count(*) = 256;
    end loop;
end
$$;

commit;
