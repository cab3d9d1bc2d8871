"""The comparison with a baseline."""
