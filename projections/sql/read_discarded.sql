select position from projections.discarded where catalog_id = $1
