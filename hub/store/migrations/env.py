"""What Alembic runs around the steps: they happen on the connection, and in the transaction, that was given.

It opens nothing and logs nothing.
"""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transaction_per_migration=False)
context.run_migrations()
