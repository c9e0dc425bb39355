(
    select coalesce(json_agg(most), '[]')::text
    from (
        select value, count
        from ({counts}) counts
        order by count desc, value collate "C"
        limit {longest}
    ) most
)
