"""`make bench ARGS=feeds`: what imports of feeds take, beside COPY of the same rows."""
