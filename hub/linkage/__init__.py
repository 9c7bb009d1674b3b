"""From linkage tokens to persons, without identities."""
