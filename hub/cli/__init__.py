"""The command line: the hub's verbs for the person who runs it and for those who ask."""
