"""The tables of the store, as SQLAlchemy Core.

It creates nothing: `migrations/` does, and a test compares the two.  Rules:

* a table whose `info` says `append_only` has triggers that refuse UPDATE, DELETE, TRUNCATE and replacement;
* names are given by the hub, never by a sequence, so that a journal entry can name a row in the act that writes it;
* no table holds an exact number about records in the open: a delivery's account and a linkage's summary are sealed.
"""

import sqlalchemy as sa

from hub.store.columns import Instant, Whole

LARGEST = 2**53 - 1
"""The largest whole number that every part of the hub can write down exactly."""

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _table(name: str, *parts: sa.schema.SchemaItem, append_only: bool = True) -> sa.Table:
    return sa.Table(name, metadata, *parts, info={"append_only": append_only}, sqlite_strict=True)


def _text(name: str, *, key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, primary_key=key, nullable=False)


def _whole(name: str, *, key: bool = False) -> sa.Column[int]:
    return sa.Column(name, Whole, primary_key=key, autoincrement=False, nullable=False)


def _bytes(name: str) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary, nullable=False)


def _instant(name: str) -> sa.Column[object]:
    return sa.Column(name, Instant, nullable=False)


def _from(name: str, target: str, *, key: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.ForeignKey(target), primary_key=key, autoincrement=False, nullable=False)


def _within(column: str, *, least: int = 0) -> sa.CheckConstraint:
    return sa.CheckConstraint(f"{column} >= {least} AND {column} <= {LARGEST}", name=column)


# --- agreements: the signed bytes, and nothing worked out from them ------------------------------------------------

agreement_terms = _table(
    "agreement_terms",
    _text("agreement", key=True),
    _whole("version", key=True),
    sa.Column("sha256", sa.Text, nullable=False, unique=True),
    _bytes("terms"),
    _whole("number"),
    _instant("received_at"),
    sa.UniqueConstraint("number"),
    _within("version", least=1),
)

agreement_parents = _table(
    "agreement_parents",
    _text("agreement", key=True),
    _whole("version", key=True),
    _text("parent", key=True),
    sa.ForeignKeyConstraint(["agreement", "version"], ["agreement_terms.agreement", "agreement_terms.version"]),
    sa.Index(None, "parent"),
)

statements = _table(
    "statements",
    _whole("number", key=True),
    sa.Column("sha256", sa.Text, nullable=False, unique=True),
    _bytes("envelope"),
    _instant("received_at"),
)

statement_agreements = _table(
    "statement_agreements",
    _text("agreement", key=True),
    _whole("version", key=True),
    _from("statement", "statements.number", key=True),
    sa.ForeignKeyConstraint(["agreement", "version"], ["agreement_terms.agreement", "agreement_terms.version"]),
)

# --- the ledger ----------------------------------------------------------------------------------------------------

accounts = _table("accounts", _text("key", key=True))

account_limits = _table(
    "account_limits",
    _from("account", "accounts.key", key=True),
    _whole("number", key=True),
    _whole("rho_limit"),
    _whole("delta_limit_e18"),
    _instant("set_at"),
    _within("rho_limit"),
    _within("delta_limit_e18"),
)

charges = _table(
    "charges",
    _text("request_id", key=True),
    _from("account", "accounts.key", key=True),
    _whole("rho"),
    _whole("delta_e18"),
    _instant("charged_at"),
    _within("rho", least=1),
    _within("delta_e18"),
    sa.Index(None, "account", "rho", "delta_e18"),
)

# --- the journal ---------------------------------------------------------------------------------------------------

journal = _table(
    "journal",
    _whole("number", key=True),
    _text("at"),
    _text("kind"),
    _bytes("public"),
    _text("private_sha256"),
    _text("hash"),
)

journal_private = _table(
    "journal_private",
    _from("number", "journal.number", key=True),
    _bytes("salt"),
    _bytes("private"),
)

journal_head = _table(
    "journal_head",
    _whole("one", key=True),
    _whole("number"),
    _text("hash"),
    _text("at"),
    sa.CheckConstraint("one = 1", name="one"),
    append_only=False,
)

# --- what is held, and where ---------------------------------------------------------------------------------------

deliveries = _table(
    "deliveries",
    _text("custodian", key=True),
    _whole("number", key=True),
    sa.Column("sha256", sa.Text, nullable=False, unique=True),
    _text("agreement"),
    _bytes("manifest"),
    _bytes("account"),
    _text("file"),
    _text("key_name"),
    _instant("received_at"),
    sa.Column("destroyed_at", Instant),
    append_only=False,
)

snapshots = _table(
    "snapshots",
    _text("id", key=True),
    _whole("number"),
    _instant("valid_from"),
    _text("catalogue_sha256"),
    _bytes("linkage"),
    _text("persons_file"),
    _text("persons_key_name"),
    sa.UniqueConstraint("number"),
)

snapshot_files = _table(
    "snapshot_files",
    _from("snapshot", "snapshots.id", key=True),
    _text("custodian", key=True),
    _whole("delivery"),
    _text("file"),
    _text("key_name"),
    sa.ForeignKeyConstraint(["custodian", "delivery"], ["deliveries.custodian", "deliveries.number"]),
)

vault_keys = _table("vault_keys", _text("name", key=True), _bytes("wrapped"), append_only=False)

destroyed_keys = _table("destroyed_keys", _text("name", key=True), _instant("destroyed_at"))

# --- questions and their answers -----------------------------------------------------------------------------------

actors = _table(
    "actors",
    _text("client_id", key=True),
    _text("person"),
    _text("org"),
    _bytes("salt"),
    _bytes("secret_hash"),
    _instant("created_at"),
    sa.Column("disabled_at", Instant),
    append_only=False,
)

releases = _table(
    "releases",
    _text("id", key=True),
    sa.Column("request_id", sa.Text, nullable=False, unique=True),
    _text("licence"),
    _from("snapshot", "snapshots.id"),
    _text("measured_sha256"),
    _whole("rho"),
    _bytes("envelope"),
    _bytes("vectors"),
    _instant("released_at"),
    _within("rho", least=1),
    sa.Index(None, "measured_sha256", "snapshot"),
)

questions = _table(
    "questions",
    _text("id", key=True),
    _text("client_id"),
    _text("person"),
    _text("org"),
    _text("idempotency_key"),
    _text("licence"),
    _text("request_sha256"),
    _bytes("request"),
    _text("state"),
    _whole("rho"),
    _instant("asked_at"),
    sa.Column("visible_at", Instant),
    sa.Column("release_id", sa.ForeignKey("releases.id")),
    sa.Column("problem", sa.LargeBinary),
    sa.UniqueConstraint("person", "org", "idempotency_key"),
    sa.CheckConstraint("state IN ('charged', 'released', 'failed', 'refused')", name="state"),
    sa.CheckConstraint("(state = 'released') = (release_id IS NOT NULL)", name="release"),
    sa.CheckConstraint("(state IN ('refused', 'failed')) = (problem IS NOT NULL)", name="problem"),
    _within("rho"),
    sa.Index(None, "state"),
    append_only=False,
)
