"""The whole product at once, as its people use it."""
