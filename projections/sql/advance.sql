-- What a crash of the server takes back of rows and checkpoint together is in the log, and is
-- applied again: nobody has to wait until they are on disk. Who stands still within this
-- transaction, or is cut off in the middle of a COPY, does not keep the checkpoint from others.
update projections.checkpoints
set position = $5, held_until = clock_timestamp() + $6
where catalog_id = $1 and generation = $2 and epoch = $3 and position = $4
returning position, set_config('synchronous_commit', 'off', true),
    set_config('idle_in_transaction_session_timeout', '3s', true),
    set_config('statement_timeout', '10s', true)
