"""Tests of the security readers."""
