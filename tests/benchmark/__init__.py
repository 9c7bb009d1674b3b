"""How long questions take on a million persons and ten million events, beside the plain engine."""
