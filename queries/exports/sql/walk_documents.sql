-- In the order of registration: files of two moments can be compared line by line.
{chosen}
order by d.product_id
