"""The shape of the code, kept by tests."""
