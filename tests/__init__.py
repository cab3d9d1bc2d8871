"""Trivigil's tests."""
