"""Counting how often: one table, one atomic statement, exact over all processes."""
