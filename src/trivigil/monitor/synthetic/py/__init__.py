"""The language of `*_check.py` files: functions of Python, each tried in a process of its own."""
