"""What Alembic runs: always on the connection that it is given (`bot.database.migrate`)."""

from alembic import context

from bot.tables import Table

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    # SQLite changes a table by copying it.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
