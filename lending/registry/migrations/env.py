"""Alembic runs the revisions on the connection it is given, in its transaction."""

from alembic import context

from lending.registry.tables import Row

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Row.metadata,
    transactional_ddl=True,
    transaction_per_migration=False,
)
context.run_migrations()
