"""The security gate: reads what scanners write, merges what is one problem, judges it, and explains it."""
