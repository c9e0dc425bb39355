(
    select '[' || coalesce(
        string_agg(row_to_json(most)::text, ',' order by count desc, value collate "C"), ''
    ) || ']'
    from (
        select value, count
        from ({counts}) counts
        order by count desc, value collate "C"
        limit {longest}
    ) most
)
