"""Tests of what runs at a data custodian."""
