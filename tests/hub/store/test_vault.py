"""Data keys: wrapped under one master key, and gone for ever once destroyed."""

import copy
import pickle
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from hub.store.errors import AlreadyThereError, KeyDestroyedError, MasterKeyError, UnknownError, ValueRefusedError
from hub.store.store import Store
from hub.store.tables import vault_keys
from hub.store.vault import MasterKey, Vault
from tests.hub.store.builders import AT


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(MasterKey.create(tmp_path / "master.key"))


def wrapped(store: Store, name: str) -> bytes:
    with store.read() as tx:
        held = tx.connection.execute(sa.select(vault_keys.c.wrapped).where(vault_keys.c.name == name)).scalar_one()
        return bytes(held)


def test_a_key_is_the_same_after_a_restart(store: Store, tmp_path: Path) -> None:
    with store.begin() as tx:
        key = Vault(MasterKey.create(tmp_path / "master.key")).new_key(tx, "alder/1")
    assert len(bytes.fromhex(key)) == 32
    with store.read() as tx:
        assert Vault(MasterKey.load(tmp_path / "master.key")).key(tx, "alder/1") == key


def test_keys_differ_and_are_nowhere_in_the_database(store: Store, vault: Vault) -> None:
    with store.begin() as tx:
        keys = {vault.new_key(tx, f"alder/{number}") for number in range(5)}
    assert len(keys) == 5
    for number in range(5):
        assert not any(bytes.fromhex(key) in wrapped(store, f"alder/{number}") for key in keys)


def test_a_wrapped_key_does_not_open_under_another_name(store: Store, vault: Vault) -> None:
    with store.begin() as tx:
        vault.new_key(tx, "alder/1")
        vault.new_key(tx, "birch/1")
        tx.connection.execute(
            sa.update(vault_keys).where(vault_keys.c.name == "birch/1").values(wrapped=wrapped_as("alder/1"))
        )
        with pytest.raises(MasterKeyError):
            vault.key(tx, "birch/1")


def wrapped_as(name: str) -> sa.ScalarSelect[bytes]:
    return sa.select(vault_keys.c.wrapped).where(vault_keys.c.name == name).scalar_subquery()


def test_another_master_key_opens_nothing(store: Store, vault: Vault, tmp_path: Path) -> None:
    with store.begin() as tx:
        vault.new_key(tx, "alder/1")
        with pytest.raises(MasterKeyError):
            Vault(MasterKey.create(tmp_path / "other.key")).key(tx, "alder/1")


def test_a_name_is_never_used_twice_even_after_destruction(store: Store, vault: Vault) -> None:
    with store.begin() as tx:
        vault.new_key(tx, "alder/1")
        with pytest.raises(AlreadyThereError):
            vault.new_key(tx, "alder/1")
        vault.destroy(tx, "alder/1", at=AT)
        with pytest.raises(AlreadyThereError):
            vault.new_key(tx, "alder/1")
        with pytest.raises(ValueRefusedError):
            vault.new_key(tx, "")


def test_a_destroyed_key_is_told_from_one_that_never_was(store: Store, vault: Vault) -> None:
    with store.begin() as tx:
        vault.new_key(tx, "alder/1")
        vault.destroy(tx, "alder/1", at=AT)
        with pytest.raises(KeyDestroyedError):
            vault.key(tx, "alder/1")
        with pytest.raises(UnknownError):
            vault.key(tx, "alder/2")
        with pytest.raises(UnknownError):
            vault.destroy(tx, "alder/1", at=AT)
    store.scrub()


def test_no_byte_of_a_destroyed_key_stays_in_the_files(tmp_path: Path, migrated: Path, vault: Vault) -> None:
    folder = tmp_path / "store"
    folder.mkdir()
    file = folder / "hub.db"
    file.write_bytes(migrated.read_bytes())
    store = Store(f"sqlite:///{file}")
    with store.begin() as tx:
        for number in range(20):
            vault.new_key(tx, f"alder/{number}")
    held = wrapped(store, "alder/7")
    assert held in everything(folder)
    store.scrub()
    assert held in everything(folder)
    with store.begin() as tx:
        vault.destroy(tx, "alder/7", at=AT)
    store.scrub()
    left = everything(folder)
    store.close()
    assert not any(held[start : start + 8] in left for start in range(len(held) - 8))
    assert b"alder/8" in left


def everything(folder: Path) -> bytes:
    return b"|".join(path.read_bytes() for path in sorted(folder.iterdir()))


def test_the_master_key_is_its_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "master.key"
    MasterKey.create(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.chmod(0o640)
    with pytest.raises(MasterKeyError, match="0600"):
        MasterKey.load(file)


def test_a_master_key_is_never_written_over(tmp_path: Path) -> None:
    file = tmp_path / "master.key"
    MasterKey.create(file)
    before = file.read_bytes()
    with pytest.raises(MasterKeyError, match="there already"):
        MasterKey.create(file)
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: b"",
        lambda held: held[:-3],
        lambda held: held.replace(b"hub-master-key/1", b"hub-master-key/2"),
        lambda held: held[:-2] + b"g\n",
        lambda held: held + b"00",
        lambda held: held[:-2] + b"\xff\n",
    ],
    ids=["empty", "cut", "another version", "not hexadecimal", "too long", "not text"],
)
def test_a_damaged_master_key_is_refused(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    file = tmp_path / "master.key"
    MasterKey.create(file)
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(MasterKeyError, match="backup"):
        MasterKey.load(file)
    with pytest.raises(MasterKeyError, match="there"):
        MasterKey.load(tmp_path / "none.key")


def test_secrets_are_not_shown_copied_or_pickled(tmp_path: Path) -> None:
    file = tmp_path / "master.key"
    master = MasterKey.create(file)
    secret = file.read_bytes().split(b"\n")[1].decode()
    shown = repr(master) + str(master) + f"{master}" + repr(Vault(master))
    assert secret not in shown
    assert bytes.fromhex(secret).hex() not in shown
    for escape in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(MasterKeyError):
            escape(master)
