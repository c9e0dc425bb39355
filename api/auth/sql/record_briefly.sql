-- In PostgreSQL: a process that waits no longer would leave the statement behind, and wait again.
set local statement_timeout = '1500ms'
