"""The triggers that keep history as it was written.

They stop mistakes and ordinary hands; who owns the database can drop them, and then the journal tells.  Frozen, like
every step.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_APPEND_ONLY = {
    "agreement_terms": "agreement version",
    "agreement_parents": "agreement version parent",
    "statements": "number",
    "statement_agreements": "agreement version statement",
    "accounts": "key",
    "account_limits": "account number",
    "charges": "request_id account",
    "journal": "number",
    "journal_private": "number",
    "snapshots": "id",
    "snapshot_files": "snapshot custodian",
    "destroyed_keys": "name",
    "releases": "id",
}
"""Each table whose rows are never changed, with the columns of its key."""

_SQLITE = """
CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}
    BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;
--
CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}
    BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;
--
CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} WHERE {same})
    BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;
"""

_SQLITE_HEAD = """
CREATE TRIGGER journal_head_forward BEFORE UPDATE ON journal_head WHEN NEW.number <> OLD.number + 1
    BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END;
--
CREATE TRIGGER journal_head_no_delete BEFORE DELETE ON journal_head
    BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END;
"""

_POSTGRESQL_FUNCTIONS = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only', ERRCODE = 'restrict_violation'; END $$;
--
CREATE FUNCTION refuse_step_back() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN
        IF TG_OP = 'UPDATE' AND NEW.number = OLD.number + 1 THEN RETURN NEW; END IF;
        RAISE EXCEPTION USING MESSAGE = 'the journal only grows', ERRCODE = 'restrict_violation';
    END $$;
"""

_POSTGRESQL = """
CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
--
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

_POSTGRESQL_HEAD = """
CREATE TRIGGER journal_head_forward BEFORE UPDATE OR DELETE ON journal_head
    FOR EACH ROW EXECUTE FUNCTION refuse_step_back();
--
CREATE TRIGGER journal_head_no_truncate BEFORE TRUNCATE ON journal_head
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_step_back();
"""


def upgrade() -> None:
    """Give every append-only table, and the journal's head, their triggers."""
    if op.get_bind().dialect.name == "postgresql":
        _run(_POSTGRESQL_FUNCTIONS)
        for table in _APPEND_ONLY:
            _run(_POSTGRESQL.format(table=table))
        _run(_POSTGRESQL_HEAD)
        return
    for table, key in _APPEND_ONLY.items():
        _run(_SQLITE.format(table=table, same=" AND ".join(f"{column} = NEW.{column}" for column in key.split())))
    _run(_SQLITE_HEAD)


def _run(statements: str) -> None:
    for statement in statements.split("--"):
        op.get_bind().exec_driver_sql(statement.strip())
