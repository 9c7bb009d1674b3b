"""The first tables.

It is frozen: later layouts are later steps.  The tables are written as SQLite spells them; on PostgreSQL its words are
put in their place.
"""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_TABLES = """
CREATE TABLE agreement_terms (
    agreement TEXT NOT NULL,
    version INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    terms BLOB NOT NULL,
    number INTEGER NOT NULL,
    received_at TEXT NOT NULL,
    CONSTRAINT pk_agreement_terms PRIMARY KEY (agreement, version),
    CONSTRAINT uq_agreement_terms_number UNIQUE (number),
    CONSTRAINT ck_agreement_terms_version CHECK (version >= 1 AND version <= 9007199254740991),
    CONSTRAINT uq_agreement_terms_sha256 UNIQUE (sha256)
) STRICT;
CREATE TABLE agreement_parents (
    agreement TEXT NOT NULL,
    version INTEGER NOT NULL,
    parent TEXT NOT NULL,
    CONSTRAINT pk_agreement_parents PRIMARY KEY (agreement, version, parent),
    CONSTRAINT fk_agreement_parents_agreement_version_agreement_terms FOREIGN KEY(agreement, version)
        REFERENCES agreement_terms (agreement, version)
) STRICT;
CREATE INDEX ix_agreement_parents_parent ON agreement_parents (parent);
CREATE TABLE statements (
    number INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    envelope BLOB NOT NULL,
    received_at TEXT NOT NULL,
    CONSTRAINT pk_statements PRIMARY KEY (number),
    CONSTRAINT uq_statements_sha256 UNIQUE (sha256)
) STRICT;
CREATE TABLE statement_agreements (
    agreement TEXT NOT NULL,
    version INTEGER NOT NULL,
    statement INTEGER NOT NULL,
    CONSTRAINT pk_statement_agreements PRIMARY KEY (agreement, version, statement),
    CONSTRAINT fk_statement_agreements_agreement_version_agreement_terms FOREIGN KEY(agreement, version)
        REFERENCES agreement_terms (agreement, version),
    CONSTRAINT fk_statement_agreements_statement_statements FOREIGN KEY(statement) REFERENCES statements (number)
) STRICT;
CREATE TABLE accounts (
    key TEXT NOT NULL,
    CONSTRAINT pk_accounts PRIMARY KEY (key)
) STRICT;
CREATE TABLE account_limits (
    account TEXT NOT NULL,
    number INTEGER NOT NULL,
    rho_limit INTEGER NOT NULL,
    delta_limit_e18 INTEGER NOT NULL,
    set_at TEXT NOT NULL,
    CONSTRAINT pk_account_limits PRIMARY KEY (account, number),
    CONSTRAINT ck_account_limits_rho_limit CHECK (rho_limit >= 0 AND rho_limit <= 9007199254740991),
    CONSTRAINT ck_account_limits_delta_limit_e18
        CHECK (delta_limit_e18 >= 0 AND delta_limit_e18 <= 9007199254740991),
    CONSTRAINT fk_account_limits_account_accounts FOREIGN KEY(account) REFERENCES accounts (key)
) STRICT;
CREATE TABLE charges (
    request_id TEXT NOT NULL,
    account TEXT NOT NULL,
    rho INTEGER NOT NULL,
    delta_e18 INTEGER NOT NULL,
    charged_at TEXT NOT NULL,
    CONSTRAINT pk_charges PRIMARY KEY (request_id, account),
    CONSTRAINT ck_charges_rho CHECK (rho >= 1 AND rho <= 9007199254740991),
    CONSTRAINT ck_charges_delta_e18 CHECK (delta_e18 >= 0 AND delta_e18 <= 9007199254740991),
    CONSTRAINT fk_charges_account_accounts FOREIGN KEY(account) REFERENCES accounts (key)
) STRICT;
CREATE INDEX ix_charges_account_rho_delta_e18 ON charges (account, rho, delta_e18);
CREATE TABLE journal (
    number INTEGER NOT NULL,
    at TEXT NOT NULL,
    kind TEXT NOT NULL,
    public BLOB NOT NULL,
    private_sha256 TEXT NOT NULL,
    hash TEXT NOT NULL,
    CONSTRAINT pk_journal PRIMARY KEY (number)
) STRICT;
CREATE TABLE journal_private (
    number INTEGER NOT NULL,
    salt BLOB NOT NULL,
    private BLOB NOT NULL,
    CONSTRAINT pk_journal_private PRIMARY KEY (number),
    CONSTRAINT fk_journal_private_number_journal FOREIGN KEY(number) REFERENCES journal (number)
) STRICT;
CREATE TABLE journal_head (
    one INTEGER NOT NULL,
    number INTEGER NOT NULL,
    hash TEXT NOT NULL,
    at TEXT NOT NULL,
    CONSTRAINT pk_journal_head PRIMARY KEY (one),
    CONSTRAINT ck_journal_head_one CHECK (one = 1)
) STRICT;
CREATE TABLE deliveries (
    custodian TEXT NOT NULL,
    number INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    agreement TEXT NOT NULL,
    manifest BLOB NOT NULL,
    account BLOB NOT NULL,
    file TEXT NOT NULL,
    key_name TEXT NOT NULL,
    received_at TEXT NOT NULL,
    destroyed_at TEXT,
    CONSTRAINT pk_deliveries PRIMARY KEY (custodian, number),
    CONSTRAINT uq_deliveries_sha256 UNIQUE (sha256)
) STRICT;
CREATE TABLE snapshots (
    id TEXT NOT NULL,
    number INTEGER NOT NULL,
    valid_from TEXT NOT NULL,
    catalogue_sha256 TEXT NOT NULL,
    linkage BLOB NOT NULL,
    persons_file TEXT NOT NULL,
    persons_key_name TEXT NOT NULL,
    CONSTRAINT pk_snapshots PRIMARY KEY (id),
    CONSTRAINT uq_snapshots_number UNIQUE (number)
) STRICT;
CREATE TABLE snapshot_files (
    snapshot TEXT NOT NULL,
    custodian TEXT NOT NULL,
    delivery INTEGER NOT NULL,
    file TEXT NOT NULL,
    key_name TEXT NOT NULL,
    CONSTRAINT pk_snapshot_files PRIMARY KEY (snapshot, custodian),
    CONSTRAINT fk_snapshot_files_custodian_delivery_deliveries FOREIGN KEY(custodian, delivery)
        REFERENCES deliveries (custodian, number),
    CONSTRAINT fk_snapshot_files_snapshot_snapshots FOREIGN KEY(snapshot) REFERENCES snapshots (id)
) STRICT;
CREATE TABLE vault_keys (
    name TEXT NOT NULL,
    wrapped BLOB NOT NULL,
    CONSTRAINT pk_vault_keys PRIMARY KEY (name)
) STRICT;
CREATE TABLE destroyed_keys (
    name TEXT NOT NULL,
    destroyed_at TEXT NOT NULL,
    CONSTRAINT pk_destroyed_keys PRIMARY KEY (name)
) STRICT;
CREATE TABLE actors (
    client_id TEXT NOT NULL,
    person TEXT NOT NULL,
    org TEXT NOT NULL,
    salt BLOB NOT NULL,
    secret_hash BLOB NOT NULL,
    created_at TEXT NOT NULL,
    disabled_at TEXT,
    CONSTRAINT pk_actors PRIMARY KEY (client_id)
) STRICT;
CREATE TABLE releases (
    id TEXT NOT NULL,
    request_id TEXT NOT NULL,
    licence TEXT NOT NULL,
    snapshot TEXT NOT NULL,
    measured_sha256 TEXT NOT NULL,
    rho INTEGER NOT NULL,
    envelope BLOB NOT NULL,
    vectors BLOB NOT NULL,
    released_at TEXT NOT NULL,
    CONSTRAINT pk_releases PRIMARY KEY (id),
    CONSTRAINT ck_releases_rho CHECK (rho >= 1 AND rho <= 9007199254740991),
    CONSTRAINT uq_releases_request_id UNIQUE (request_id),
    CONSTRAINT fk_releases_snapshot_snapshots FOREIGN KEY(snapshot) REFERENCES snapshots (id)
) STRICT;
CREATE INDEX ix_releases_measured_sha256_snapshot ON releases (measured_sha256, snapshot);
CREATE TABLE questions (
    id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    person TEXT NOT NULL,
    org TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    licence TEXT NOT NULL,
    request_sha256 TEXT NOT NULL,
    request BLOB NOT NULL,
    state TEXT NOT NULL,
    rho INTEGER NOT NULL,
    asked_at TEXT NOT NULL,
    visible_at TEXT,
    release_id TEXT,
    problem BLOB,
    CONSTRAINT pk_questions PRIMARY KEY (id),
    CONSTRAINT uq_questions_person_org_idempotency_key UNIQUE (person, org, idempotency_key),
    CONSTRAINT ck_questions_state CHECK (state IN ('charged', 'released', 'failed', 'refused')),
    CONSTRAINT ck_questions_release CHECK ((state = 'released') = (release_id IS NOT NULL)),
    CONSTRAINT ck_questions_problem CHECK ((state IN ('refused', 'failed')) = (problem IS NOT NULL)),
    CONSTRAINT ck_questions_rho CHECK (rho >= 0 AND rho <= 9007199254740991),
    CONSTRAINT fk_questions_release_id_releases FOREIGN KEY(release_id) REFERENCES releases (id)
) STRICT;
CREATE INDEX ix_questions_state ON questions (state);
"""


def upgrade() -> None:
    """Create every table and index."""
    connection = op.get_bind()
    tables = _TABLES if connection.dialect.name == "sqlite" else _for_postgresql(_TABLES)
    for statement in tables.split(";"):
        if statement.strip():
            connection.exec_driver_sql(statement.strip())


def _for_postgresql(tables: str) -> str:
    return tables.replace(" INTEGER ", " BIGINT ").replace(" BLOB", " BYTEA").replace(") STRICT", ")")
