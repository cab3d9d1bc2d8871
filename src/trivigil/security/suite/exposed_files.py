"""Files that are on the server and not for visitors: repositories, settings, backups, dumps, status pages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil.core.record import NamedTuple
from trivigil.core.result import Severity
from trivigil.security.suite import site as sites
from trivigil.security.suite.weakness import Weakness

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.security.suite.site import Site
    from trivigil.web.observation import Observation

TITLE: Final = "No repository, settings, backup or status page can be fetched"
CATEGORY: Final = "files"
WRITES: Final = False


class File(NamedTuple):
    """A path, and how what lies there begins or what it says: a status of 200 alone means nothing."""

    path: str
    looks: re.Pattern[bytes]
    what: str
    severity: Severity
    cwe: int


_OF: Final[dict[str, tuple[bytes, Severity, int, tuple[str, ...]]]] = {
    "a repository": (rb"\A(?:ref: refs/|[0-9a-f]{40}\s*\Z)", Severity.HIGH, 527, ("/.git/HEAD",)),
    "a Mercurial repository": (rb"\A(?:[\w-]+\n)*(?:revlogv1|dotencode|store)\n", Severity.HIGH, 527, ("/.hg/requires",)),
    "a database": (rb"\ASQLite format 3\0", Severity.HIGH, 530, ("/.svn/wc.db", "/db.sqlite3", "/database.sqlite")),
    "settings with secrets": (
        rb"\A(?:\s*#[^\n]*\n|\s*\n)*(?:export )?[A-Z][A-Z0-9_]*\s*=",
        Severity.HIGH,
        538,
        ("/.env", "/.env.local", "/.env.production", "/.env.bak"),
    ),
    "passwords": (rb"\A[^:\s<]{1,64}:(?:\$(?:apr1|2[aby]|5|6)\$|\{SHA\})", Severity.HIGH, 538, ("/.htpasswd",)),
    "cloud credentials": (rb"\A\s*\[[\w-]+\]\s+aws_", Severity.CRITICAL, 538, ("/.aws/credentials",)),
    "a private key": (rb"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----", Severity.CRITICAL, 538, ("/.ssh/id_rsa", "/server.key", "/privkey.pem")),
    "a registry token": (rb"_authToken\s*=", Severity.HIGH, 538, ("/.npmrc",)),
    "a list of files": (rb"\A\0\0\0\x01Bud1", Severity.LOW, 538, ("/.DS_Store",)),
    "an archive": (
        rb"\A(?:PK\x03\x04|\x1f\x8b\x08|7z\xbc\xaf|BZh)",
        Severity.HIGH,
        530,
        ("/backup.zip", "/site.zip", "/www.zip", "/backup.tar.gz", "/backup.tgz"),
    ),
    "a database dump": (
        rb"CREATE TABLE|INSERT INTO|-- MySQL dump|PostgreSQL database dump",
        Severity.CRITICAL,
        530,
        ("/backup.sql", "/dump.sql", "/database.sql"),
    ),
    "source code": (
        rb"\A\s*(?:<\?(?:php|xml)|<configuration|(?:import|from|def|class|const|require) ?\w|#!/|<!doctype html|<html)",
        Severity.MEDIUM,
        530,
        ("/index.php.bak", "/index.php~", "/config.php.bak", "/wp-config.php.bak", "/web.config.bak", "/app.py.bak", "/settings.py.bak", "/index.html.bak"),
    ),
    "the server's status": (
        rb"Apache Server Status|Active connections: \d+ \nserver accepts",
        Severity.MEDIUM,
        200,
        ("/server-status", "/nginx_status"),
    ),
    "PHP's settings": (rb"<title>(?:PHP [\d.]+ - )?phpinfo\(\)", Severity.MEDIUM, 200, ("/phpinfo.php", "/info.php")),
    "the application's inside": (
        rb'"propertySources"\s*:|/debug/pprof/|__debugger__=yes',
        Severity.HIGH,
        489,
        ("/actuator/env", "/debug/pprof/", "/console"),
    ),
}  # fmt: skip
FILES: Final = tuple(
    File(path, re.compile(looks), what, severity, cwe)
    for what, (looks, severity, cwe, paths) in _OF.items()
    for path in paths
)


def test(site: Site) -> Iterator[Weakness]:
    """Each path whose content is what it should not be, and which a page that cannot be there does not have too."""
    for file in FILES:
        seen = site.once(file.path)
        if seen.status == 200 and file.looks.search(seen.body) and not _always(site, file, seen):  # noqa: PLR2004 (OK)
            yield Weakness(
                "exposed-file",
                f"Everybody can fetch {file.what}",
                file.severity,
                "What lies there tells how the site is made, or opens it.",
                sites.shown(seen),
                file.cwe,
                "Take the file away from where the server looks (secrets in it are no longer secret), and refuse such paths.",
                facts={"status": seen.status, "bytes": seen.size},
            )


def _always(site: Site, file: File, seen: Observation) -> bool:
    """Whether the site answers so to everything of this kind: then the path says nothing."""
    folder, _, name = file.path.rpartition("/")
    ending = name[name.rindex(".") :] if "." in name else ""
    other = site.absent(f"{folder}/", ending)
    return other.status == 200 and (  # noqa: PLR2004 (OK)
        other.body == seen.body or file.looks.search(other.body) is not None
    )
