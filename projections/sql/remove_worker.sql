delete from projections.workers where holder = $1
