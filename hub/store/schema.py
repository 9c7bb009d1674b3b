"""Bringing the tables to this version of the hub: Alembic, run inside this process on a connection that is given.

It decides no layout; each file in `migrations/versions` does.  Rules: all steps happen in the caller's transaction, all
or none; a database that a later hub laid out is refused, never touched.
"""

from importlib import resources

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from hub.store.errors import StoreVersionError


def upgrade(connection: sa.Connection) -> None:
    """Run every step that this database has not had yet."""
    with resources.as_file(resources.files("hub.store") / "migrations") as folder:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(folder).replace("%", "%%"))
        script = ScriptDirectory.from_config(config)
        now = _revision(connection)
        if now is not None and now not in {step.revision for step in script.walk_revisions()}:
            raise StoreVersionError("a later version of the hub laid out this database: run that version, or restore")
        command.upgrade(config, "head")


def check(connection: sa.Connection) -> None:
    """Raise unless the database had every step and no other."""
    with resources.as_file(resources.files("hub.store") / "migrations") as folder:
        config = Config()
        config.set_main_option("script_location", str(folder).replace("%", "%%"))
        head = ScriptDirectory.from_config(config).get_current_head()
    if _revision(connection) != head:
        raise StoreVersionError("the database is of another version: stop the hub and bring the store up to date")


def _revision(connection: sa.Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()
