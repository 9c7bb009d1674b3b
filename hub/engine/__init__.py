"""Exact aggregates over encrypted snapshots, and nothing else."""
