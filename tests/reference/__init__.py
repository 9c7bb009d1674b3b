"""The same rules written a second time, plainly, to compare the product with."""
