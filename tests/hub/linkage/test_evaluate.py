"""Linkage is judged pair by pair."""

from hub.linkage.evaluate import Pairs, evaluate

TRUTH = {("alder", 1): "a", ("birch", 1): "a", ("lakeside", 1): "a", ("alder", 2): "b", ("lakeside", 2): "b"}


def test_all_pairs_found_is_a_whole() -> None:
    found = evaluate({name: ord(person) for name, person in TRUTH.items()}, TRUTH)
    assert found.pairs == Pairs(true=4, found=4, false=0)
    assert (found.precision_ppm, found.recall_ppm, found.pairs.missed) == (1_000_000, 1_000_000, 0)


def test_missed_and_false_pairs_are_counted_by_custodians_and_for_twins() -> None:
    persons = {("alder", 1): 1, ("birch", 1): 1, ("lakeside", 1): 2, ("alder", 2): 2, ("lakeside", 2): 3}
    found = evaluate(persons, TRUTH, twins={"b"})
    assert found.pairs == Pairs(true=4, found=1, false=1)
    assert found.twins == Pairs(true=1, found=0, false=1)
    assert found.by_custodians["alder", "birch"] == Pairs(true=1, found=1, false=0)
    assert found.by_custodians["alder", "lakeside"] == Pairs(true=2, found=0, false=1)
    assert (found.precision_ppm, found.recall_ppm) == (500_000, 250_000)


def test_records_that_only_one_side_knows_are_left_out() -> None:
    found = evaluate({("alder", 1): 1, ("alder", 9): 1}, TRUTH)
    assert found.pairs == Pairs(true=0, found=0, false=0)
    assert found.precision_ppm == found.recall_ppm == 1_000_000
