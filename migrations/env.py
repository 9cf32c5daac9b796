"""Runs migrations on the connection that `finder.store.migrate` hands over."""

from alembic import context

from finder.store.schema import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True, transactional_ddl=True)
context.run_migrations()
