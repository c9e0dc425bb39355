delete from projections.parked where generation = $1
