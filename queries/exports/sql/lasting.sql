-- PostgreSQL lets go of the moment by itself, should whoever reads stand still. Ids are sorted, and
-- not documents: those are wide.
set local transaction_timeout = '{milliseconds}ms';
set local idle_in_transaction_session_timeout = '{milliseconds}ms';
set local enable_hashjoin = off;
{plan}
