"""What Alembic runs: the steps, on the connection and in the transaction of whoever asked for them."""

from alembic import context
from sqlalchemy import Connection

from hostward.store.tables import metadata

_connection: Connection = context.config.attributes["connection"]
context.configure(connection=_connection, target_metadata=metadata, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
