insert into projections.generations (generation, state, code_digest, switched)
values ($1, 'live', $2, nextval('projections.switches'))
