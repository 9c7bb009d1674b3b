"""The verbs of the hub: the only place where rules and input or output meet."""
