-- Another generation comes to be read by views of the same names: whoever has locked them before his
-- snapshot is made sees the tables of that very moment. They are locked in the order of their names,
-- as they are by who replaces them: the other way round each would wait for the other.
begin isolation level repeatable read, read only;
{limits};
lock table {tables} in access share mode
