select exists (select from projections.generations where state = 'live')
