"""What a check file says to the monitor in its comments."""

from __future__ import annotations

import pytest

from trivigil.monitor.synthetic import remarks
from trivigil.monitor.synthetic.hurl.entries import read
from trivigil.monitor.synthetic.problem import CheckFileError
from trivigil.monitor.synthetic.remarks import Remarked

GET = "GET http://x/\nHTTP 200\n[Asserts]\n"


def said(text: str) -> Remarked:
    return remarks.read(read(text, "a.hurl", "a"), text)


def warned(text: str) -> list[str]:
    """The queries whose failing is a warning."""
    steps = [step.expected for step in said(text).check.steps if step.expected]
    claims = [claim for each in steps for claim in each.asserts]
    return [claim.query.name for claim in claims if claim.severity == "warn"]


def test_a_file_says_what_it_is() -> None:
    """Runbook, dependencies, retries and tags, anywhere in the file, tags and dependencies added up."""
    found = said(
        "# trivigil: runbook https://wiki.example/login?a=1\n#trivigil:retries 2\n# trivigil: depends-on home, log in\n"
        + GET
        + "status == 200 # trivigil: tags a, b\n# trivigil: tags b,c\n# trivigil: depends-on home\n# trivigill: x\n"
    )
    assert found[1:] == (
        "https://wiki.example/login?a=1",
        ("home", "log in"),
        2,
        ("a", "b", "c"),
    )


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param(GET + "status == 1 # trivigil: warn\nduration < 1\n", ["status"], id="on its line"),
        pytest.param(GET + "status == 1\n# trivigil: warn\n# why\n\nduration < 1\nip exists\n", ["duration"], id="above its line"),
        pytest.param("# trivigil: warn\n" + GET + "status == 1\n\n" + GET + "ip exists\n", ["status", "ip"], id="for the file"),
        pytest.param(GET + "body == ```\na\n```\n# trivigil: warn\nip exists\n", ["ip"], id="after a text of lines"),
        pytest.param(GET + "ip exists\n", [], id="nowhere"),
        pytest.param("POST http://x/\n```\n# trivigil: warn\n```\n" + GET + "ip exists\n", [], id="in a body it is text"),
        pytest.param("GET http://x/\nHTTP 200\n[Asserts]\r\nstatus == 1 # trivigil: warn\r\nip exists\r\n", ["status"], id="lines of Windows"),
    ],
)  # fmt: skip
def test_warn(text: str, names: list[str]) -> None:
    """Only the claims that it stands at become warnings."""
    assert warned(text) == names


@pytest.mark.parametrize(
    ("text", "where", "wanted"),
    [
        pytest.param("# trivigil: warm\n" + GET, (1, 1), "a remark: depends-on, retries, runbook, tags, warn", id="unknown"),
        pytest.param("# trivigil:\n" + GET, (1, 1), "a remark", id="nothing"),
        pytest.param("GET http://x/ # trivigil: retries 11\n", (1, 15), "a number from 0 to 10", id="too many retries"),
        pytest.param("# trivigil: retries two\n" + GET, (1, 1), "a number from 0 to 10", id="no number"),
        pytest.param("# trivigil: retries 1\n# trivigil: retries 2\n" + GET, (2, 1), "one `retries`: it is said in line 1", id="twice"),
        pytest.param("# trivigil: runbook javascript:alert(1)\n" + GET, (1, 1), "link", id="no link"),
        pytest.param("# trivigil: runbook https://a:b@x/\n" + GET, (1, 1), "link", id="a link with a password"),
        pytest.param("# trivigil: tags ,\n" + GET, (1, 1), "names", id="no names"),
        pytest.param("# trivigil: warn x\n" + GET, (1, 1), "`warn` alone", id="warn and more"),
        pytest.param("GET http://x/\nHTTP 200 # trivigil: warn\n", (2, 10), "a claim of [Asserts]", id="warn at a status"),
        pytest.param(GET + "status == 1\n# trivigil: warn\n", (5, 1), "a claim of [Asserts]", id="warn at the end"),
    ],
)  # fmt: skip
def test_a_remark_that_says_nothing_is_an_error(
    text: str, where: tuple[int, int], wanted: str
) -> None:
    """With line, column and what was expected; never passed over."""
    with pytest.raises(CheckFileError) as caught:
        said(text)
    assert caught.value.place == where
    assert wanted in str(caught.value)
    assert str(caught.value).startswith(f"a.hurl:{where[0]}:{where[1]}: expected ")
