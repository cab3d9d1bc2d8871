"""Every GraphQL query that is sent. The tests check each against GitHub's published schema."""

from __future__ import annotations

from typing import Final

VIEWER: Final = "query Viewer { viewer { login databaseId } }"
"""Who the token acts as: `GET /user` is refused to installation tokens, and GITHUB_TOKEN is one."""
