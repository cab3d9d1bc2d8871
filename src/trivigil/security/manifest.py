"""Manifests and lock files by their names: which ecosystem they are of, where a tool does not say it."""

from __future__ import annotations

import re
from typing import Final

_NAMES: Final = (
    (
        r"(?:.*requirements.*\.(?:txt|in)|pipfile(?:\.lock)?|poetry\.lock|uv\.lock|pdm\.lock|pylock.*\.toml)",
        "pypi",
    ),
    (
        r"(?:package(?:-lock)?\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lock)",
        "npm",
    ),
    (r"go\.(?:mod|sum)", "golang"),
    (r"(?:gemfile(?:\.lock)?|gems\.locked|.*\.gemspec)", "gem"),
    (r"composer\.(?:lock|json)", "composer"),
    (r"(?:pom\.xml|.*\.gradle(?:\.kts)?|gradle\.lockfile)", "maven"),
    (r"cargo\.(?:lock|toml)", "cargo"),
    (r"(?:packages\.lock\.json|packages\.config|.*\.(?:csproj|fsproj|deps\.json))", "nuget"),
    (r"mix\.lock", "hex"),
    (r"pubspec\.lock", "pub"),
)
_PATTERNS: Final = tuple((re.compile(pattern), kind) for pattern, kind in _NAMES)


def ecosystem(path: str | None) -> str | None:
    """The type of a package URL for the packages that a file lists; None for any other file."""
    name = (path or "").rpartition("/")[2].lower()
    return next((kind for pattern, kind in _PATTERNS if pattern.fullmatch(name)), None)
