"""Trivigil judges load tests, security scans and synthetic checks for GitHub."""

__version__ = "0.1.0"
