"""Files that people get wrong are refused where real Hurl refuses them: damaged files, the real program, no request.

TRIVIGIL_HURL names Hurl 8.0.1 (`cargo install hurl@8.0.1 --locked`). It reads each file and does no entry of it.
"""

from __future__ import annotations

import os
import random
import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from trivigil.monitor.synthetic.hurl.entries import read
from trivigil.monitor.synthetic.problem import CheckFileError

if TYPE_CHECKING:
    from pathlib import Path

HURL = os.environ.get("TRIVIGIL_HURL", "")
pytestmark = pytest.mark.skipif(not HURL, reason="TRIVIGIL_HURL names no Hurl 8.0.1")
ROUNDS = 150
WHOLE = """# a check
POST http://127.0.0.1:9/a{{b}} # where
X-A: {{c}} d
key\\:x: \\u{e9}y
[Options]
retry: 3
retry-interval: {{i}}
header: X: y
variable: n=12.5
variable: s="a b"
[Query]
a: 1
[Cookies]
k: v
```graphql
query { a }
variables {"a": {{b}}, "c": ["d{{e}}"]}
```
HTTP/1.1 *
Content-Type: x
[Captures]
a: header "x" replaceRegex /a(b)\\/c/ "d" nth 0 redact
b: certificate "Issuer"
c: regex "a(\\\\d)"
[Asserts]
bytes count >= {{n}}
cookie "a[Max-Age]" > 3
jsonpath "$.a" not matches /^a{2}[b-c]$/
xpath "//a" exists
body == file,data.txt;
body contains `x{{y}}`
body startsWith hex,00ff ;
sha256 == base64,AAAA;
body == ```
x
```
{"a": [1, 2.5e3, "\\u00e9\\ud83d\\ude00", {{b}}, null, true]}
GET http://127.0.0.1:9
[Multipart]
a: file,x.txt; text/plain
c: d
HTTP 200
`text`
"""
BITS = [*'"[]{}/:;#\\`,.-_ =<>!*\t\n019abé😀$@|^+?()', "\r\n", "{{", "}}", "not ", "[Asserts]\n", "HTTP 200\n", "```", "/a/",
        "hex,", "base64,", "file,", "[Form]\n", "\\u", "count ", "nth 0 ", " == ", "redact", "matches "]  # fmt: skip


def _damaged(dice: random.Random) -> str:
    text = WHOLE
    for _ in range(dice.choice([1, 1, 1, 2, 3])):
        at = dice.randrange(len(text))
        cut = dice.choice([0, 0, 1, 1, 3])
        text = (
            text[:at] + dice.choice(["", dice.choice(BITS), dice.choice(BITS)]) + text[at + cut :]
        )
    return text


def _by_hurl(text: str, folder: Path) -> tuple[int, int] | None:
    (folder / "a.hurl").write_bytes(text.encode())
    command = [HURL, "--test", "--no-color", "--from-entry", "1000000", "a.hurl"]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=20, check=False
    )
    assert done.returncode in (0, 2), done.stderr
    found = re.search(r"--> a\.hurl:(\d+):(\d+)", done.stderr)
    return (int(found.group(1)), int(found.group(2))) if found else None


def _by_us(text: str) -> tuple[tuple[int, int] | None, str]:
    try:
        read(text, "a.hurl", "a")
    except CheckFileError as error:
        return (error.place.line, error.place.column), error.message
    return None, ""


@pytest.mark.parametrize("seed", range(4))
def test_damaged_files_are_refused_at_the_same_place(seed: int, tmp_path: Path) -> None:
    """Or they are read by both. What is left out here may be refused before; of broken XML the line counts."""
    dice = random.Random(seed)
    for _ in range(ROUNDS):
        text = _damaged(dice)
        ours, message = _by_us(text)
        if "left out here" in message:
            continue
        theirs = _by_hurl(text, tmp_path)
        if "XML" in message:
            assert theirs, text
        else:
            assert ours == theirs, (message, text)
