"""The script that Alembic runs, on the connection from `bot.storage.migrate`."""

from alembic import context

from bot.storage.tables import TABLES

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=TABLES,
    # SQLite changes a table by copying it.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
