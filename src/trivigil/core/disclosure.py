"""Disclosure: whether details that may hold secrets are shown to everybody who can read the repository."""

from __future__ import annotations


def discloses(*, private: bool | None, asked: bool) -> bool:
    """Private repositories show everything, public ones only what is asked for.

    Where it is not known whether the repository is private, it counts as public.
    """
    return asked or private is True
