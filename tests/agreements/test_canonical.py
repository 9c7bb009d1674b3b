"""One meaning has one byte string, and nothing else is read."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agreements.canonical import NotCanonicalError, decode, digest, encode

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_what_is_written_is_read_back(value: object) -> None:
    assert decode(encode(value)) == value


@given(st.dictionaries(TEXT, st.integers(0, 9), min_size=2, max_size=6))
def test_the_order_in_which_an_object_was_made_does_not_matter(value: dict[str, int]) -> None:
    assert encode(dict(reversed(value.items()))) == encode(value)


@given(VALUES)
def test_any_other_spelling_is_refused(value: object) -> None:
    canonical = encode(value)
    other = json.dumps(value, indent=1, ensure_ascii=True).encode() + b" "
    assert other != canonical
    with pytest.raises(NotCanonicalError):
        decode(other)


@pytest.mark.parametrize(
    "data",
    [
        b"1.0",
        b"1.5",
        b"1e3",
        b"-0",
        b"01",
        b"NaN",
        b"Infinity",
        b"-Infinity",
        b"9007199254740992",
        b"-9007199254740992",
        b'{"a":1,"a":1}',
        b'{"a":1,"a":2}',
        b'{"b":1,"a":2}',
        b'{"a": 1}',
        b'"\\ud800"',
        b'"\\u0041"',
        b'"\xff"',
        b"\xef\xbb\xbf1",
        b"",
        b"{",
        b"1 ",
        b"1\n",
        b"[" * 100_000,
    ],
)
def test_these_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(NotCanonicalError):
        decode(data)


def test_a_name_that_stands_twice_is_named_in_the_error() -> None:
    with pytest.raises(NotCanonicalError, match="'a' stands twice"):
        decode(b'{"a":1,"a":1}')


@pytest.mark.parametrize("value", [1.0, [0.1], {"a": float("nan")}, 2**53, -(2**53), "\ud800", b"x", {1: 2}, {2.5}])
def test_these_values_cannot_be_written(value: object) -> None:
    with pytest.raises(NotCanonicalError):
        encode(value)


def test_the_largest_whole_numbers_are_accepted() -> None:
    assert decode(encode([2**53 - 1, 1 - 2**53])) == [2**53 - 1, 1 - 2**53]


def test_keys_are_ordered_by_utf_16_as_the_standard_says() -> None:
    ordered = '{"\u20ac":3,"\U0001f600":2,"\ufb33":1}'
    assert encode({"\ufb33": 1, "\U0001f600": 2, "\u20ac": 3}) == ordered.encode()


def test_the_digest_is_sha_256_in_hexadecimal() -> None:
    assert digest(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
