"""Signed data-use agreements: what was agreed, by whom, and where it stands.  Pure: no clock, no file, no network."""
