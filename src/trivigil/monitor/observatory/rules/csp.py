"""Content-Security-Policy, in headers and in meta elements; the first reading that matches is the result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.monitor.observatory import policy

if TYPE_CHECKING:
    from trivigil.monitor.observatory.algorithm import Algorithm
    from trivigil.monitor.observatory.scan import Scan

NAME: Final = "content-security-policy"
_BROAD: Final = frozenset(
    ("ftp:", "http:", "https:", "*", "http://*", "http://*.*", "https://*", "https://*.*")
)
_WIDE: Final = tuple(_BROAD)
_INLINE: Final = frozenset(("'unsafe-inline'", "data:"))
_PASSIVE: Final = ("img-src", "media-src")
_PROOFS: Final = ("'sha256-", "'sha384-", "'sha512-", "'nonce-")
_IMPLEMENTED: Final = "csp-implemented-with-"
_GOOD: Final = (
    "csp-implemented-with-no-unsafe",
    "csp-implemented-with-no-unsafe-default-src-none",
    "csp-implemented-with-unsafe-inline-in-style-src-only",
    "csp-implemented-with-insecure-scheme-in-passive-content-only",
)


def judge(scan: Scan, algorithm: Algorithm) -> str:
    """The result's name."""
    headers, metas = texts(scan, algorithm)
    try:
        merged = policy.read([*headers, *metas])
    except policy.Invalid:
        return "csp-header-invalid"
    if not _read(headers) and not policy.for_meta(_read(metas)):
        reporting = scan.page.said("content-security-policy-report-only")
        return "csp-not-implemented" + ("-but-reporting-enabled" if reporting else "")
    result = _verdict(merged, secure=scan.secure)
    if result in _GOOD and merged.repeated:
        return "csp-implemented-but-duplicate-directives"
    return result


def texts(scan: Scan, algorithm: Algorithm) -> tuple[list[str], list[str]]:
    """The policies of the headers and of the meta elements."""
    header = scan.page.header(NAME)
    metas = [
        meta["content"]
        for meta in scan.metas(as_document=algorithm.builds_document)
        if meta.get("http-equiv", "").lower().strip() == NAME and meta.get("content")
    ]
    headers = [] if header is None else [header]
    if algorithm.splits_commas:
        return _split(headers), _split(metas)
    return headers, metas


def has_frame_ancestors(scan: Scan, algorithm: Algorithm) -> bool:
    """Whether an accepted policy restricts who may frame the page."""
    if judge(scan, algorithm).startswith("csp-not-implemented"):
        return False
    headers, metas = texts(scan, algorithm)
    try:
        return "frame-ancestors" in policy.read([*headers, *metas]).sources
    except policy.Invalid:
        return False


def _split(values: list[str]) -> list[str]:
    return [piece.strip() for value in values for piece in value.split(",")]


def _read(values: list[str]) -> policy.Policies:
    try:
        return policy.read(values)
    except policy.Invalid:
        return policy.Policies()


def _verdict(merged: policy.Policies, *, secure: bool) -> str:
    scripts = merged.of("script-src", "default-src")
    styles = merged.of("style-src", "default-src")
    objects = merged.of("object-src", "default-src")
    _drop_ignored(scripts, styles)
    if "'strict-dynamic'" in scripts and not _proven(scripts):
        return "csp-header-invalid"
    if _BROAD.intersection(objects) or (_BROAD | _INLINE).intersection(scripts):
        return f"{_IMPLEMENTED}unsafe-inline"
    if secure and _insecure([*_active(merged), *scripts]):
        return f"{_IMPLEMENTED}insecure-scheme"
    if "'unsafe-eval'" in (*scripts, *styles):
        return f"{_IMPLEMENTED}unsafe-eval"
    if secure and _insecure(_passive(merged)):
        return f"{_IMPLEMENTED}insecure-scheme-in-passive-content-only"
    if (_BROAD | _INLINE).intersection(styles):
        return f"{_IMPLEMENTED}unsafe-inline-in-style-src-only"
    if merged.sources.get("default-src") == ["'none'"]:
        return f"{_IMPLEMENTED}no-unsafe-default-src-none"
    return f"{_IMPLEMENTED}no-unsafe"


def _drop_ignored(scripts: list[str], styles: list[str]) -> None:
    """Take out what a browser ignores beside a nonce, a hash or 'strict-dynamic'.

    In place: where a list is default-src's own, the reference loses the sources for everything that falls back to it.
    """
    for sources in (scripts, styles):
        if _proven(sources) and "'unsafe-inline'" in sources:
            sources.remove("'unsafe-inline'")
    if _proven(scripts) and "'strict-dynamic'" in scripts:
        scripts[:] = [one for one in scripts if not one.startswith(_WIDE) and one != "'self'"]


def _proven(sources: list[str]) -> bool:
    """Whether a nonce or a hash is among the sources."""
    return any(source.startswith(_PROOFS) for source in sources)


def _active(merged: policy.Policies) -> list[str]:
    """Sources of everything but scripts, images and media."""
    names = [name for name in merged.sources if name not in (*_PASSIVE, "script-src")]
    return [source for name in names for source in merged.sources[name]]


def _passive(merged: policy.Policies) -> list[str]:
    """Sources of images and media."""
    lists = (merged.sources.get(name, merged.sources.get("default-src", [])) for name in _PASSIVE)
    return [source for sources in lists for source in sources]


def _insecure(sources: list[str]) -> bool:
    return any(source.startswith(("http:", "ftp:")) for source in sources)
