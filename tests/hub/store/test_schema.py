"""The tables that the steps make are the tables that the code believes in, and history in them cannot be edited."""

import threading
from typing import Any

import pytest
import sqlalchemy as sa

from hub.store.errors import StoreFailedError, StoreVersionError
from hub.store.store import Store
from hub.store.tables import metadata
from tests.hub.store.builders import fill

APPEND_ONLY = sorted(name for name, table in metadata.tables.items() if table.info["append_only"])


def layout(engine: sa.Engine) -> dict[str, Any]:
    """All that a database says of its tables, in an order of its own."""
    look = sa.inspect(engine)
    return {
        name: {
            "columns": [(column["name"], str(column["type"]), column["nullable"]) for column in look.get_columns(name)],
            "key": look.get_pk_constraint(name),
            "references": sorted(look.get_foreign_keys(name), key=str),
            "unique": sorted(look.get_unique_constraints(name), key=str),
            "checks": sorted(look.get_check_constraints(name), key=str),
            "indexes": sorted(look.get_indexes(name), key=str),
            "options": look.get_table_options(name),
        }
        for name in look.get_table_names()
        if name != "alembic_version"
    }


def test_the_steps_make_exactly_the_tables_of_the_code(address: str, empty_address: str) -> None:
    stepped, declared = Store(address), Store(empty_address)
    with declared.begin() as tx:
        metadata.create_all(tx.connection)
    found, expected = layout(stepped._engines.tidier), layout(declared._engines.tidier)
    for opened in (stepped, declared):
        opened.close()
    assert found.keys() == metadata.tables.keys()
    assert found == expected


def test_migrating_twice_changes_nothing(store: Store) -> None:
    fill(store)
    before = layout(store._engines.tidier)
    store.migrate()
    store.check()
    assert layout(store._engines.tidier) == before


def test_many_may_migrate_an_empty_database_at_once(empty_address: str) -> None:
    stores = [Store(empty_address) for _ in range(6)]
    threads = [threading.Thread(target=store.migrate) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for store in stores:
        store.check()
        store.close()


def test_a_database_that_was_never_laid_out_is_not_used(empty_address: str) -> None:
    store = Store(empty_address)
    with pytest.raises(StoreVersionError):
        store.check()
    store.close()


def test_a_database_of_a_later_hub_is_left_alone(empty_address: str) -> None:
    store = Store(empty_address)
    store.migrate()
    with store.begin() as tx:
        tx.connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreVersionError, match="later version"):
        store.migrate()
    with pytest.raises(StoreVersionError):
        store.check()
    store.close()


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_a_row_of_history_cannot_be_changed_deleted_replaced_or_truncated(filled: Store, table: str) -> None:
    column = next(iter(metadata.tables[table].columns)).name
    with filled.read() as tx:
        assert tx.connection.execute(sa.select(sa.func.count()).select_from(metadata.tables[table])).scalar_one()
    for statement in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}", wholesale(filled, table)):
        with pytest.raises(StoreFailedError), filled.begin() as tx:
            tx.connection.exec_driver_sql(statement)


def wholesale(store: Store, table: str) -> str:
    """The way round ordinary triggers that each database offers."""
    if store.dialect == "sqlite":
        return f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"
    return f"TRUNCATE {table} CASCADE"


@pytest.mark.parametrize("statement", ["UPDATE journal_head SET number = number - 1", "DELETE FROM journal_head"])
def test_the_end_of_the_journal_never_moves_back(filled: Store, statement: str) -> None:
    with pytest.raises(StoreFailedError), filled.begin() as tx:
        tx.connection.exec_driver_sql(statement)
