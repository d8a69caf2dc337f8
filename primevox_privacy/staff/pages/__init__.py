"""Doors of signing in: they translate what comes and goes, and decide nothing."""
