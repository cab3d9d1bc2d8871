"""Talking to web sites and services. Below the flats: perf, security and monitor may use it."""
