"""Every file of the security corpus that the readers of code, secrets, infrastructure and lint are there for.

The corpus is not part of this repository. TRIVIGIL_CORPUS names its folder; without it, `../shared` beside the checkout is tried. What was counted
for the corpus, apart from any reader, is what the readers count, and no secret of a file gets out of it.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.security.readers import raw_secrets
from tests.security.readers.reading import facts, read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from trivigil.core.reading import Reading
    from trivigil.security.facts import ScanFacts

    Truth = dict[str, Any]
    Checks = Iterator[tuple[str, bool]]


def _corpus() -> Path | None:
    beside = Path(__file__).parents[3] / "shared"
    root = Path(os.environ.get("TRIVIGIL_CORPUS", beside))
    places = (root / "corpus/security", root / "security")
    return next((place for place in places if (place / "semgrep").is_dir()), None)


CORPUS = _corpus()
pytestmark = pytest.mark.skipif(
    CORPUS is None, reason="no corpus: TRIVIGIL_CORPUS names no folder with security/semgrep in it"
)


def _every(reading: Reading[ScanFacts]) -> int:
    """Findings with those that the tool accepts, which is what was counted for the corpus."""
    return len(facts(reading).findings)


def _counted(reading: Reading[ScanFacts], truth: Truth) -> Checks:
    yield "total", _every(reading) == truth["counted"]["total"]
    suppressed = truth["counted"].get("suppressed")
    if suppressed is not None:
        yield "suppressed", _every(reading) - (reading.count or 0) == suppressed
    yield "empty", (truth.get("class") == "empty") == (reading.state == "empty")


def _rated(reading: Reading[ScanFacts], truth: Truth) -> Checks:
    yield from _counted(reading, truth)
    words = Counter(finding.ratings[0].word for finding in facts(reading).findings)
    raw = {
        None if word == "None" else word: n
        for word, n in truth["counted"]["by_raw_severity"].items()
    }
    yield "severities", words == raw


def _by_rule(reading: Reading[ScanFacts], truth: Truth) -> Checks:
    yield from _counted(reading, truth)
    if "by_rule" in truth["counted"]:
        rules = Counter(finding.id for finding in facts(reading).findings)
        yield "rules", rules == truth["counted"]["by_rule"]


def _failed(reading: Reading[ScanFacts], truth: Truth) -> Checks:
    counted = truth["counted"]
    yield "failed", reading.count == counted["total"]
    yield "skipped", _every(reading) - (reading.count or 0) == counted.get("skipped", 0)
    yield "passed", facts(reading).counts["passed"] == counted.get("passed", 0)


def _live_semgrep(reading: Reading[ScanFacts], truth: Truth) -> Checks:
    yield "results", _every(reading) == truth["results"]
    yield "rules", Counter(finding.id for finding in facts(reading).findings) == truth["by_rule"]
    yield "errors", bool(truth["errors"]) == (reading.state == "partial")


def _live_gitleaks(reading: Reading[ScanFacts], truth: Truth) -> Checks:
    yield "leaks", _every(reading) == truth["leaks"]
    yield "rules", Counter(finding.id for finding in facts(reading).findings) == truth["by_rule"]


def _live_rows(reading: Reading[ScanFacts], truth: Truth) -> Checks:
    yield "rows", reading.count == truth.get("rows", truth.get("issues"))


def _live_checkov(reading: Reading[ScanFacts], truth: Truth) -> Checks:
    types = truth["by_check_type"].values()
    yield "failed", reading.count == sum(each["failed"] for each in types)
    yield "skipped", _every(reading) == sum(each["failed"] + each["skipped"] for each in types)
    unread = any(each["parsing_errors"] for each in types)
    yield "parsed", unread == (reading.state == "partial")


def _live_detect_secrets(reading: Reading[ScanFacts], truth: Truth) -> Checks:
    yield "secrets", reading.count == truth["secrets"]
    yield "types", Counter(finding.id for finding in facts(reading).findings) == truth["by_type"]


def _live_audit(reading: Reading[ScanFacts], truth: Truth) -> Checks:
    yield "entries", _every(reading) == truth["entries"]


def _live_gosec(reading: Reading[ScanFacts], truth: Truth) -> Checks:
    yield from _rated(reading, truth)
    yield "errors", bool(truth["errors"]) == (reading.state == "partial")


def _live_zizmor(reading: Reading[ScanFacts], truth: Truth) -> Checks:
    yield "findings", _every(reading) == truth["findings"]
    yield "audits", Counter(finding.id for finding in facts(reading).findings) == truth["by_ident"]
    words = Counter(finding.ratings[0].word for finding in facts(reading).findings)
    yield "severities", words == truth["by_severity"]


def _live_ruff(reading: Reading[ScanFacts], truth: Truth) -> Checks:
    yield "findings", reading.count == truth.get("findings", truth.get("lines"))
    if "codes" in truth:
        yield "rules", Counter(finding.id for finding in facts(reading).findings) == truth["codes"]


def _live_actionlint(reading: Reading[ScanFacts], truth: Truth) -> Checks:
    yield "errors", reading.count == truth.get("errors", truth.get("lines"))
    if "by_kind" in truth:
        yield (
            "kinds",
            Counter(finding.id for finding in facts(reading).findings) == truth["by_kind"],
        )


def _live_gitlab(reading: Reading[ScanFacts], truth: Truth) -> Checks:
    yield "vulnerabilities", reading.count == truth["vulnerabilities"]
    words = Counter(finding.ratings[0].word for finding in facts(reading).findings)
    yield "severities", words == truth["severities"]


def _live_code_quality(reading: Reading[ScanFacts], truth: Truth) -> Checks:
    yield "entries", reading.count == truth["entries"]
    words = Counter(finding.ratings[0].word for finding in facts(reading).findings)
    yield "severities", words == truth["severities"]


def _live_sonarqube(reading: Reading[ScanFacts], truth: Truth) -> Checks:
    yield "issues", reading.count == truth["issues"]


CHECKS: dict[str, tuple[str, Callable[[Reading[ScanFacts], Truth], Checks]]] = {
    "semgrep": ("semgrep", _counted),
    "semgrep/live/*/out.json": ("semgrep", _live_semgrep),
    "semgrep/live/*/out.gitlab-*.json": ("gitlab", _live_gitlab),
    "gitleaks": ("gitleaks", _by_rule),
    "gitleaks/live/*.json": ("gitleaks", _live_gitleaks),
    "gitleaks/live/*.csv": ("gitleaks", _live_rows),
    "checkov": ("checkov", _failed),
    "checkov/live/*/out.json": ("checkov", _live_checkov),
    "checkov/live/*/out.gitlab_sast": ("gitlab", _live_gitlab),
    "trufflehog/heimdall*": ("trufflehog", _counted),
    "trufflehog/*legacy.json": ("trufflehog", _counted),
    "trufflehog": ("trufflehog3", _counted),
    "detect_secrets": ("detect-secrets", _counted),
    "detect_secrets/live/*/audit-report.json": ("detect-secrets", _live_audit),
    "detect_secrets/live/*": ("detect-secrets", _live_detect_secrets),
    "hadolint": ("hadolint", _rated),
    "gosec": ("gosec", _rated),
    "gosec/live/*/out.json": ("gosec", _live_gosec),
    "gosec/live/*/out.csv": ("gosec", _live_rows),
    "gosec/live/*/out.sonarqube.json": ("sonarqube", _live_sonarqube),
    "zizmor/live/*": ("zizmor", _live_zizmor),
    "ruff/live/*/out.json*": ("ruff", _live_ruff),
    "ruff/live/*/out.gitlab": ("gitlab", _live_code_quality),
    "actionlint/live/*": ("actionlint", _live_actionlint),
    "nuclei": ("nuclei", _counted),
    "gitlab": ("gitlab", _rated),
    "kics": ("kics", _counted),
    "tfsec": ("tfsec", _rated),
    "dockle": ("dockle", _counted),
    "brakeman": ("brakeman", _counted),
    "sonarqube": ("sonarqube", _counted),
}
"""Folders, and patterns of files where a folder has several tools' or a live run's, with what is compared; the first that fits is used."""
SUFFIXES = (".json", ".jsonl", ".json-v1", ".json-lines", ".gitlab_sast", "out.gitlab", ".csv")
_BYTES = "a file without a byte is left by a run that failed, too"
NOT_READ: dict[str, str] = {
    "nuclei/empty.jsonl": _BYTES,
    "nuclei/no_findings.json": _BYTES,
    "actionlint/live/v1.7-clean/out.jsonl": _BYTES,
    "ruff/live/v0.17-clean/out.json-lines": _BYTES,
    "gitleaks/live/*clean/out.csv": _BYTES,
    "gosec/live/v2.30-clean/out.csv": _BYTES,
    "gosec/live/v2.30-badformat/out.json": "gosec wrote text under the name of JSON",
}
"""Patterns of files that agree with nothing, each with its reason."""
OURS = sorted({pattern.partition("/")[0] for pattern in CHECKS})


def _pattern(tool: str, name: str) -> str | None:
    full = f"{tool}/{name}"
    fitting = [each for each in CHECKS if "*" in each and fnmatch(full, each)]
    if fitting or "live/" in name:
        return next(iter(fitting), None)
    return tool


def _cases() -> Iterator[tuple[str, str]]:
    for tool in OURS if CORPUS else ():
        assert CORPUS is not None
        for listed in sorted((CORPUS / tool).rglob("expected.json")):
            folder = listed.parent.relative_to(CORPUS / tool)
            for name, truth in json.loads(listed.read_bytes()).items():
                full = (folder / name).as_posix()
                if name[0] != "_" and set(truth) != {"note"} and _ours(tool, full):
                    yield tool, full


def _ours(tool: str, name: str) -> bool:
    """Whether it is one of the formats; SARIF, CSV and the like are others', and other tools' readers read theirs."""
    if not name.endswith(SUFFIXES) or name.endswith((".template.json", "audit-stats.json")):
        return False
    return _pattern(tool, name) is not None


CASES = list(_cases())


def _truth(tool: str, name: str) -> Truth:
    assert CORPUS is not None
    path = CORPUS / tool / name
    for folder in path.parents:
        if (folder / "expected.json").is_file():
            known: dict[str, Truth] = json.loads((folder / "expected.json").read_bytes())
            return known[path.relative_to(folder).as_posix()]
    raise AssertionError(name)


def _says_nothing(path: Path) -> bool:
    return b"".join(path.read_bytes().split()) in (b"[]", b"null", b"", b'{"results":[]}')


def _reading(tool: str, name: str) -> Reading[ScanFacts]:
    """By its content; what says nothing, and GitLab's file of one empty list, as the user names it."""
    assert CORPUS is not None
    path = CORPUS / tool / name
    known = CHECKS[_pattern(tool, name) or tool][0]
    bare = _says_nothing(path) or name == "gitlab_dast__gitlab_dast_zero_vul.json"
    return read(path, known if bare else None)


def _wrong(tool: str, name: str) -> list[str]:
    """What of one file does not agree."""
    known, checks = CHECKS[_pattern(tool, name) or tool]
    reading = _reading(tool, name)
    if reading.tool != known or reading.facts is None:
        return [f"not read: {reading.problem}"]
    return [what for what, agrees in checks(reading, _truth(tool, name)) if not agrees]


def _left(tool: str, name: str) -> bool:
    return any(fnmatch(f"{tool}/{name}", pattern) for pattern in NOT_READ)


@pytest.mark.parametrize(("tool", "name"), CASES, ids=["/".join(case) for case in CASES])
def test_file(tool: str, name: str) -> None:
    """Every number that is known of a file is the same, or the file stands in NOT_READ."""
    wrong = _wrong(tool, name)
    if _left(tool, name):
        assert wrong, "it agrees: take it out of NOT_READ"
    else:
        assert not wrong


@pytest.mark.parametrize(("tool", "name"), CASES, ids=["/".join(case) for case in CASES])
def test_no_secret_gets_out(tool: str, name: str) -> None:
    """Facts, notes and problems of a file hold no secret, author, address or message of the raw file."""
    assert CORPUS is not None
    kept = repr(_reading(tool, name))
    known = raw_secrets.of(CORPUS / tool / name)
    # Counted, and not shown: a failure must not print what the test is about.
    leaked = sum(each in kept for each in known)
    assert leaked == 0


@pytest.mark.parametrize(("tool", "name"), CASES, ids=["/".join(case) for case in CASES])
def test_no_damaged_file_is_clean(tool: str, name: str, tmp_path: Path) -> None:
    """Cut, emptied, wrapped in other text, or with something behind it, no file says that there is nothing."""
    assert CORPUS is not None
    known = CHECKS[_pattern(tool, name) or tool][0]
    data = (CORPUS / tool / name).read_bytes().rstrip()
    cuts = {data[: len(data) * part // 8] for part in range(8)} | {data[:-1]}
    damaged = (*cuts, b"Warning: something\n" + data, data + b"\n</html>", data + b"\n" + data)
    for number, content in enumerate(damaged if data else (b"",)):
        path = tmp_path / str(number)
        path.write_bytes(content)
        reading = read(path, known)
        assert (
            reading.problem is not None or reading.state in {"partial", "crashed"} or reading.count
        )


def test_share(tell: Callable[[str], None]) -> None:
    """The share of files that agree, by tool, and each deviation with its reason."""
    of, agreed = Counter(tool for tool, _ in CASES), Counter[str]()
    agreed.update(tool for tool, name in CASES if not _wrong(tool, name))
    for tool in OURS:
        tell(f"{tool} corpus: {agreed[tool]} of {of[tool]} files agree with expected.json")
    for name, reason in NOT_READ.items():
        tell(f"  {name}: {reason}")
    assert sum(of.values()) - sum(agreed.values()) == sum(_left(*case) for case in CASES)
