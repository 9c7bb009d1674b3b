"""The tests of the question language."""
