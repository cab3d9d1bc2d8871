"""Tests of the security gate."""
