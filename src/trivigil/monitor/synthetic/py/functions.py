"""The checks of a Python file, by its syntax alone: nothing of it is imported or run here."""

from __future__ import annotations

import ast
import io
import tokenize
import warnings
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from trivigil.core.record import NamedTuple

from ..model import Check, Place, Remark
from ..problem import CheckFileError
from ..remarks import Remarked, heeded

if TYPE_CHECKING:
    from ..check_file import CheckFile

BEGIN: Final = "check_"
_MARK: Final = "# trivigil:"
_NEEDED: Final = {
    "client": ("httpx", "checks"),
    "page": ("playwright", "browser"),
}
"""What a check's argument is asked for, the package that it needs, and the extra that has it."""
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Found(NamedTuple):
    """One check of a file."""

    function: str
    place: Place
    said: Remarked

    @property
    def name(self) -> str:
        """Its own."""
        return self.function.removeprefix(BEGIN)


def read(file: CheckFile) -> tuple[Found, ...]:
    """The checks of a file, in their order. Raises CheckFileError."""
    tree = _parsed(file)
    found = [
        node
        for node in tree.body
        if isinstance(node, Function) and node.name.startswith(BEGIN) and node.name != BEGIN
    ]
    if not found:
        wanted = f"expected a function `def {BEGIN}…(site):`: a file without one checks nothing"
        raise CheckFileError(wanted, path=file.path, place=Place(1, 1))
    seen: set[str] = set()
    for node in found:
        _refuse_unfit(file, node, seen)
        seen.add(node.name)
    remarks = _remarks(file)
    return tuple(
        Found(node.name, _place(node), _said(file, node, found, remarks)) for node in found
    )


def _parsed(file: CheckFile) -> ast.Module:
    place = Place(1, 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the file's own: `"\d"`
            return ast.parse(file.text, file.path)
    except SyntaxError as error:
        place = Place(error.lineno or 1, max(error.offset or 1, 1))
        wanted = f"expected Python: {error.msg}"
    except (ValueError, RecursionError, MemoryError):
        wanted = "expected Python: it cannot be read"
    raise CheckFileError(wanted, path=file.path, place=place)


def _place(node: ast.stmt | ast.expr) -> Place:
    return Place(node.lineno, node.col_offset + 1)


def _refuse_unfit(file: CheckFile, node: Function, seen: set[str]) -> None:
    wanted = ""
    given = node.args
    required = [*given.posonlyargs, *given.args]
    if isinstance(node, ast.AsyncFunctionDef):
        wanted = "expected `def`, not `async def`"
    elif node.name in seen:
        wanted = f"expected another name: there is a `{node.name}` already"
    elif len(required) != 1 or given.vararg or given.kwonlyargs or given.kwarg:
        wanted = f"expected one argument: `def {node.name}(site):`"
    elif all(_is_idle(each) for each in node.body):
        wanted = "expected a check that does something: this one would be up without having looked"
    if wanted:
        raise CheckFileError(wanted, path=file.path, place=_place(node))
    _refuse_missing(file, node, required[0].arg)


def _is_idle(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Pass) or (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    )


def _refuse_missing(file: CheckFile, node: Function, argument: str) -> None:
    """Raises CheckFileError where the check asks its argument for what is not installed."""
    for each in ast.walk(node):
        if not isinstance(each, ast.Attribute) or each.attr not in _NEEDED:
            continue
        if not isinstance(each.value, ast.Name) or each.value.id != argument:
            continue
        package, extra = _NEEDED[each.attr]
        if find_spec(package) is None:
            wanted = (
                f"expected no `{argument}.{each.attr}` without {package}: install trivigil[{extra}]"
            )
            raise CheckFileError(wanted, path=file.path, place=_place(each))


# --- Remarks -------------------------------------------------------------------------------------


def _remarks(file: CheckFile) -> list[Remark]:
    """The comments that speak to the monitor."""
    found = []
    lines = io.StringIO(file.text).readline
    for token in tokenize.generate_tokens(lines):
        if token.type == tokenize.COMMENT and token.string.startswith(_MARK):
            place = Place(token.start[0], token.start[1] + 1)
            text = token.string.removeprefix(_MARK).strip()
            found.append(Remark(text, place, alone=not token.line[: token.start[1]].strip()))
    return found


def _said(
    file: CheckFile, node: Function, all_of_them: list[Function], remarks: list[Remark]
) -> Remarked:
    """What the file says of this check: inside it, right above it, and elsewhere, of all of them."""
    others = [each for each in all_of_them if each is not node]
    own = [
        remark
        for remark in remarks
        if not any(_is_of(file, each, remark.place.line) for each in others)
    ]
    return heeded(Check(node.name, file.path, ()), own)


def _is_of(file: CheckFile, node: Function, line: int) -> bool:
    first = min((each.lineno for each in node.decorator_list), default=node.lineno)
    lines = file.text.split("\n")
    while first > 1 and lines[first - 2].lstrip().startswith("#"):
        first -= 1
    return first <= line <= (node.end_lineno or node.lineno)
