"""Actors and their secrets."""

import sys
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from hub.store import actors
from hub.store.actors import Actor
from hub.store.errors import AlreadyThereError, UnknownError, ValueRefusedError, WrongSecretError
from hub.store.store import Store
from tests.hub.store.builders import AT, LATER

ANA = Actor(client_id="ana-at-university", person="ana", org="university", created_at=AT)


@pytest.fixture
def secret(store: Store) -> str:
    with store.begin() as tx:
        return actors.add(tx, ANA)


def test_the_right_secret_gives_the_actor(store: Store, secret: str) -> None:
    with store.read() as tx:
        assert actors.verify(tx, ANA.client_id, secret=secret) == ANA
        assert actors.is_active(tx, ANA.client_id)


def test_each_secret_is_long_and_another_one(store: Store, secret: str) -> None:
    with store.begin() as tx:
        other = actors.add(tx, replace(ANA, client_id="ben"))
    assert other != secret
    assert min(len(secret), len(other)) >= 43


@pytest.mark.parametrize("wrong", ["", "x", "é\ud800", "secret "])
def test_a_wrong_secret_is_refused_in_the_same_words_as_an_unknown_client(
    store: Store, secret: str, wrong: str
) -> None:
    with store.read() as tx:
        with pytest.raises(WrongSecretError) as one:
            actors.verify(tx, ANA.client_id, secret=wrong or secret[:-1])
        with pytest.raises(WrongSecretError) as other:
            actors.verify(tx, "nobody", secret=secret)
    assert str(one.value) == str(other.value)


@pytest.mark.parametrize("client", [ANA.client_id, "nobody"])
def test_an_unknown_client_costs_one_hash_like_a_wrong_secret(store: Store, secret: str, client: str) -> None:
    hashes = 0

    def count(_frame: FrameType, event: str, called: Any) -> None:
        nonlocal hashes
        hashes += event == "c_call" and getattr(called, "__name__", "") == "scrypt"

    with store.read() as tx:
        before = sys.getprofile()
        sys.setprofile(count)
        try:
            with pytest.raises(WrongSecretError):
                actors.verify(tx, client, secret="wrong")
        finally:
            sys.setprofile(before)
    assert secret
    assert hashes == 1


def test_a_disabled_actor_signs_in_no_more(store: Store, secret: str) -> None:
    with store.begin() as tx:
        actors.disable(tx, ANA.client_id, at=LATER)
        with pytest.raises(WrongSecretError):
            actors.verify(tx, ANA.client_id, secret=secret)
        assert not actors.is_active(tx, ANA.client_id)
        assert [actor.disabled_at for actor in actors.everyone(tx)] == [LATER]
        with pytest.raises(UnknownError):
            actors.disable(tx, ANA.client_id, at=LATER)


def test_a_client_id_is_never_given_twice(store: Store, secret: str) -> None:
    with store.begin() as tx:
        with pytest.raises(AlreadyThereError):
            actors.add(tx, replace(ANA, person="ben"))
        assert actors.verify(tx, ANA.client_id, secret=secret).person == "ana"


@pytest.mark.parametrize(
    ("client_id", "person", "org"),
    [
        ("", "ana", "o"),
        ("c", "", "o"),
        ("c", "ana", ""),
        ("c\n", "ana", "o"),
        (" c", "ana", "o"),
        ("c", "\x1b[31mana", "o"),
        ("c", "ana", "o\u202e"),
    ],
)
def test_an_actor_has_a_name_a_person_and_an_organisation(client_id: str, person: str, org: str) -> None:
    with pytest.raises(ValueRefusedError):
        Actor(client_id=client_id, person=person, org=org, created_at=AT)


def test_the_secret_is_not_in_the_files(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'hub.db'}")
    store.migrate()
    with store.begin() as tx:
        secret = actors.add(tx, ANA)
    held = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    store.close()
    assert ANA.client_id.encode() in held
    assert secret.encode() not in held
