"""Signed agreements: spelling, signatures, standing, containment and words."""
