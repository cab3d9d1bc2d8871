"""What broke GitHub's contract: recorded, so that a test fails with a sentence that says what."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple


class Violation(NamedTuple):
    """One breach. `kind` is request, limit, undocumented, unmodelled, secret, answer or double.

    The last two are the bench's own faults: an answer that GitHub could not give, or a crash.
    """

    kind: str
    sentence: str


class Violations(list[Violation]):
    """All breaches of one double."""

    def record(self, kind: str, sentence: str) -> None:
        """Note one breach."""
        self.append(Violation(kind, sentence))

    def assert_clean(self) -> None:
        """Fail with every breach on a line of its own."""
        if self:
            raise AssertionError(self.told())

    def told(self) -> str:
        """All breaches, for people."""
        lines = "\n".join(f"- {one.kind}: {one.sentence}" for one in self)
        return f"breaches of GitHub's contract, {len(self)}:\n{lines}"

    @contextmanager
    def expected(self, text: str) -> Iterator[None]:
        """Expect the block to cause at least one breach with this text, and take it off the list."""
        before = len(self)
        yield
        fresh = self[before:]
        found = [one for one in fresh if text in one.sentence]
        if not found:
            raise AssertionError(f"expected a breach with {text!r}, saw {fresh or 'none'}")
        self[before:] = [one for one in fresh if one not in found]
