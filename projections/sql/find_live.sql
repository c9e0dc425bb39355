select generation from projections.generations where state = 'live'
