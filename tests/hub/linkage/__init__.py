"""Tests of linkage: from tokens to persons."""
