"""Any of the services that Apprise knows, by its addresses: an optional package, loaded only when an address is there.

It is kept from what it can do beyond sending a text: no templates, no key files, no state on disk, no plugins from elsewhere, no redirect
followed, and nothing in the log, where its warnings would name hosts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from trivigil.alert import words
from trivigil.alert.address import Address, Secret
from trivigil.alert.receiver import Message
from trivigil.core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trivigil.alert.post import Patience
    from trivigil.alert.receiver import Moment
    from trivigil.core.notice import Notice

NAME = "apprise"
VARIABLE = "TRIVIGIL_APPRISE"
OPTION: str | None = None
SPACING_S = 0.0

MOST: Final = 10
"""Notices that are told in full."""
_TITLE, _LINE, _BODY = 200, 600, 8000
_SETTINGS: Final[Mapping[str, Any]] = {
    "async_mode": False,
    "secure_logging": True,
    "http_redirects": False,
    "interpret_escapes": False,
    "interpret_emojis": False,
    "pem_autogen": False,
    "pgp_autogen": False,
}


def read(text: str, key: str, _environ: Mapping[str, str]) -> Address:
    """The addresses, one or several with white space between them. Raises InputError, also where Apprise is not installed."""
    import warnings

    urls = text.split()
    with (
        warnings.catch_warnings()
    ):  # all plugins are loaded with the first, some with what Python is about to lose
        warnings.simplefilter("ignore")
        wrong = [place for place, url in enumerate(urls, 1) if _service(url) is None]
    if wrong:
        which = ", ".join(map(str, wrong))
        raise InputError(f"Apprise does not know address {which} of {len(urls)}.", key=key)
    return Address(Secret("\n".join(urls)))


def messages(notices: Sequence[Notice], _moment: Moment) -> tuple[Message, ...]:
    """One message for all."""
    if not notices:
        return ()
    ordered = sorted(notices, key=lambda one: (one.turn != "failing", -one.severity))
    failing = any(one.turn == "failing" for one in ordered)
    payload = {
        "title": _title(ordered),
        "body": _body(ordered),
        "type": "failure" if failing else "success",
    }
    return (Message(tuple(ordered), payload),)


def send(address: Address, message: Message, _patience: Patience) -> str | None:
    """Each address is tried once: Apprise bounds its own requests, and `deliver` the whole."""
    urls = address.url.reveal().split("\n")
    failed = sum(not _sent(url, message.payload) for url in urls)
    if not failed:
        return None
    return f"{failed} of {len(urls)} addresses of Apprise did not take it"


def _sent(url: str, payload: Mapping[str, Any]) -> bool:
    service = _service(url)
    try:
        return service is not None and bool(
            service.notify(
                body=payload["body"],
                title=payload["title"],
                notify_type=payload["type"],
                body_format="text",
            )
        )
    except Exception:  # noqa: BLE001 (a plugin's fault; its text may hold the address)
        return False


def _service(url: str) -> Any:
    """What Apprise makes of an address; None where it knows none."""
    try:
        from apprise import Apprise, AppriseAsset, PersistentStoreMode
    except ImportError:
        raise InputError(
            "the package that sends to these addresses is not installed.",
            key=VARIABLE,
            tip="Install it: pip install 'trivigil[apprise]'.",
        ) from None
    _quiet()
    asset = AppriseAsset(storage_mode=PersistentStoreMode.MEMORY, **_SETTINGS)
    return Apprise.instantiate(url, asset=asset, suppress_exceptions=True)


def _quiet() -> None:
    import logging

    log = logging.getLogger("apprise")
    log.propagate = False
    log.setLevel(logging.CRITICAL + 1)


def _title(notices: Sequence[Notice]) -> str:
    if len(notices) == 1:
        return words.plain(notices[0].title, _TITLE)
    failing = sum(one.turn == "failing" for one in notices)
    counts = {"failing": failing, "recovered": len(notices) - failing}
    return "Trivigil: " + ", ".join(f"{count} {turn}" for turn, count in counts.items() if count)


def _body(notices: Sequence[Notice]) -> str:
    parts = ["\n".join(_lines(one)) for one in notices[:MOST]]
    if left := len(notices) - MOST:
        parts += [f"and {left} more"] if left > 0 else []
    return words.units("\n\n".join(parts), _BODY)


def _lines(notice: Notice) -> list[str]:
    facts = [f"{name}: {words.plain(value, _LINE)}" for name, value in notice.facts.items()]
    links = [words.link(url) for url in (notice.run_url, notice.issue_url, notice.runbook)]
    return [
        words.plain(notice.title, _TITLE),
        words.plain(notice.message, _LINE),
        *facts,
        *(words.plain(note, _LINE) for note in notice.notes[:5]),
        *(url for url in links if url),
    ]
