"""The policies: truth tables, mutations, and a second evaluator that must agree."""
