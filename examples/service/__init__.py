"""A small shop: the service that the examples load, watch and break.

It needs the standard library only. `python3 -m service` serves it on 127.0.0.1, port $PORT (8000).
"""
