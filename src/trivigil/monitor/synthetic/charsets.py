"""Bytes as text by the names of the WHATWG Encoding Standard: `latin1` and `ascii` are windows-1252 there."""

from __future__ import annotations

import codecs
from typing import Final

from .problem import Trouble

_OWN: Final = {
    "utf8": "utf-8",
    "unicode-1-1-utf-8": "utf-8",
    "latin1": "cp1252",
    "l1": "cp1252",
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "iso_8859-1": "cp1252",
    "windows-1252": "cp1252",
    "iso-8859-9": "cp1254",
    "latin5": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "euc-kr": "cp949",
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "utf-16": "utf-16-le",
}
_ALSO: Final = frozenset(
    [
        "utf-8",
        "ibm866",
        "iso-8859-2",
        "iso-8859-3",
        "iso-8859-4",
        "iso-8859-5",
        "iso-8859-6",
        "iso-8859-7",
        "iso-8859-8",
        "iso-8859-10",
        "iso-8859-13",
        "iso-8859-14",
        "iso-8859-15",
        "iso-8859-16",
        "koi8-r",
        "koi8-u",
        "windows-874",
        "windows-1250",
        "windows-1251",
        "windows-1253",
        "windows-1254",
        "windows-1255",
        "windows-1256",
        "windows-1257",
        "windows-1258",
        "gb18030",
        "big5",
        "euc-jp",
        "iso-2022-jp",
        "utf-16le",
        "utf-16be",
    ]
)
_CONTROLS: Final = "trivigil-controls"


def _control(error: UnicodeError) -> tuple[str, int]:
    """The five bytes that windows-1252 leaves open are control characters on the web."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return chr(error.object[error.start]), error.start + 1


codecs.register_error(_CONTROLS, _control)


def decoded(content: bytes, name: str) -> str:
    """The text; raises Trouble for an unknown name and for bytes that are not in the charset."""
    label = name.lower()
    codec = _OWN.get(label, label if label in _ALSO else None)
    if codec is None:
        raise Trouble("Invalid charset", f"the charset <{name}> is not valid")
    try:
        return content.decode(codec, _CONTROLS if codec == "cp1252" else "strict")
    except UnicodeDecodeError:
        raise Trouble("Invalid decoding", f"the body cannot be decoded as <{name}>") from None
