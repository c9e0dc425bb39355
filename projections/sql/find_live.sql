select generation, code_digest from projections.generations where state = 'live'
