"""What may be asked: the question language, parsed and checked against the catalogue.  Pure."""
