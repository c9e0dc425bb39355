-- What a crash of the server takes back of rows and checkpoint together is in the log, and is
-- applied again: nobody has to wait until they are on disk.
update projections.checkpoints
set position = $5, held_until = clock_timestamp() + $6
where catalog_id = $1 and generation = $2 and epoch = $3 and position = $4
returning position, set_config('synchronous_commit', 'off', true)
