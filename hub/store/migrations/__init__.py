"""Steps that bring a database from one version's tables to the next; Alembic runs them."""
