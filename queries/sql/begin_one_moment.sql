-- Another generation comes to be read by views of the same names: whoever has looked at them before
-- his snapshot is made sees the tables of that very moment.
begin isolation level repeatable read, read only;
lock table read.product_search, read.product_details, read.product_prices in access share mode
