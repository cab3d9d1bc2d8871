"""The checks of a folder: which files, which names, and what is wrong with them, all at once and before anything is sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from trivigil.core.errors import InputError
from trivigil.monitor.planned import Bounds, Planned
from trivigil.monitor.synthetic import check_file, languages
from trivigil.monitor.synthetic.languages import CheckFilesError, load

GET = "GET {{target}}/\nHTTP 200\n"
BOUNDS = Bounds("http://127.0.0.1:9")


def written(folder: Path, **files: str) -> Path:
    """Files `a_hurl` and `sub__a_hurl`, below `checks`."""
    for name, text in files.items():
        path = folder / "checks" / name.replace("__", "/").replace("_hurl", ".hurl")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def problem(folder: Path, bounds: Bounds = BOUNDS) -> InputError:
    with pytest.raises(InputError) as caught:
        load("checks", bounds, directory=str(folder))
    return caught.value


def test_checks_come_by_path_and_are_named_by_stem(tmp_path: Path) -> None:
    """Sorted, folders too, with file, line and what the file says of itself."""
    written(tmp_path, b_hurl="# a\n" + GET, a__z_hurl="# trivigil: depends-on b\n# trivigil: retries 1\n" + GET)  # fmt: skip
    found = load("checks", BOUNDS, directory=str(tmp_path))
    told = [(one.name, one.kind, one.file, one.line, one.retries, one.depends_on) for one in found]
    assert told == [
        ("z", "synthetic", "checks/a/z.hurl", 3, 1, ("b",)),
        ("b", "synthetic", "checks/b.hurl", 2, None, ()),
    ]


def test_what_is_no_check_is_said(tmp_path: Path) -> None:
    """Other files and linked folders in one note; hidden ones are nobody's concern."""
    written(tmp_path, a_hurl=GET)
    for name in ("data.txt", ".hidden.hurl", "__init__.py"):
        (tmp_path / "checks" / name).write_text("x")
    (tmp_path / "checks/linked").symlink_to(tmp_path)
    notes: list[str] = []
    assert len(load("checks", BOUNDS, directory=str(tmp_path), say=notes.append)) == 1
    assert notes == ["no check files, left out: checks/data.txt, checks/linked"]


def test_a_check_file_is_no_folder(tmp_path: Path) -> None:
    """What is there is not called missing."""
    (tmp_path / "checks").write_text(GET)
    assert str(problem(tmp_path)).startswith("checks: it is a file. Name the folder")


@pytest.mark.parametrize("there", [True, False])
def test_a_folder_without_a_check_is_an_error(tmp_path: Path, there: bool) -> None:
    """Nothing to look at is never green."""
    if there:
        (tmp_path / "checks").mkdir()
        (tmp_path / "checks/README.md").write_text("none yet")
    message = str(problem(tmp_path))
    assert ("there is no check" if there else "there is no such tests folder") in message
    assert message.startswith("checks: ")


@pytest.mark.parametrize(
    ("text", "where", "wanted"),
    [
        pytest.param("GET\n", "1:4", "expected a space", id="no address"),
        pytest.param(GET + "[Asserts]\nstatus is 200\n", "4:8", "expected a predicate", id="no predicate"),
        pytest.param("# nothing\n", "1:1", "a file without a request", id="no request"),
        pytest.param(GET + "\nDELETE {{target}}/a\n", "4:1", "--allow-writes", id="a method that writes"),
        pytest.param("GET {{target}}/\n[Options]\nproxy: x\n", "3:1", "left out here", id="outside the subset"),
        pytest.param("# trivigil: what\n" + GET, "1:1", "expected a remark", id="no remark"),
    ],
)  # fmt: skip
def test_a_bad_file_is_an_error_at_its_place(
    tmp_path: Path, text: str, where: str, wanted: str
) -> None:
    """`FILE:LINE:COLUMN: what was expected`."""
    message = str(problem(written(tmp_path, a_hurl=GET, login_hurl=text)))
    assert message.startswith(f"checks/login.hurl:{where}: expected ")
    assert wanted in message


def test_all_bad_files_are_told_at_once(tmp_path: Path) -> None:
    """In one sentence and one by one."""
    error = problem(written(tmp_path, a_hurl="GET\n", b_hurl="get\n"))
    assert isinstance(error, CheckFilesError)
    assert [each.path for each in error.errors] == ["checks/a.hurl", "checks/b.hurl"]
    assert str(error).startswith("checks/a.hurl:1:4: expected a space; checks/b.hurl:1:1: ")


def test_names_are_unique(tmp_path: Path) -> None:
    """The second file is blamed, and the first one named."""
    message = str(problem(written(tmp_path, x__a_hurl=GET, y__a_hurl=GET)))
    wanted = "checks/y/a.hurl:1: the name `a` is that of the check in checks/x/a.hurl too."
    assert message.startswith(wanted)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("{{target}}/a", ""),
        ("https://Other.example:81/a", "other.example"),
        ("https://other.example{{p}}", ""),
        ("http://[::1]/", ""),
    ],
)
def test_a_host_of_its_own(tmp_path: Path, url: str, host: str) -> None:
    """The plan knows it where the file names it."""
    (found,) = load("checks", BOUNDS, directory=str(written(tmp_path, a_hurl=f"GET {url}\n")))
    assert found.host == host


def test_the_fence(tmp_path: Path) -> None:
    """A link that leads out of the folder is no check file, one inside it is."""
    written(tmp_path, a_hurl=GET)
    (tmp_path / "out.hurl").write_text(GET)
    (tmp_path / "checks/b.hurl").symlink_to(tmp_path / "checks/a.hurl")
    assert len(load("checks", BOUNDS, directory=str(tmp_path))) == 2
    (tmp_path / "checks/c.hurl").symlink_to(tmp_path / "out.hurl")
    assert "leads out of the tests folder" in str(problem(tmp_path))


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        pytest.param(b"# ok\n# \xc3\xa9\xff", "checks/a.hurl:2:4: expected UTF-8", id="bytes"),
        pytest.param(b"#" * (check_file.LARGEST + 1), "cannot be read: it has more than", id="too large"),
    ],
)  # fmt: skip
def test_files_that_are_no_text(tmp_path: Path, data: bytes, wanted: str) -> None:
    """Said with their place."""
    written(tmp_path, a_hurl="")
    (tmp_path / "checks/a.hurl").write_bytes(data)
    assert wanted in str(problem(tmp_path))


@pytest.mark.parametrize("name", ["../secret.txt", "{absolute}", "link.txt", "deep/../../secret.txt", "a\0b"])  # fmt: skip
def test_files_beside_stay_in_the_folder(tmp_path: Path, name: str) -> None:
    """Neither a path nor a link leads out; what is inside is read."""
    written(tmp_path, a_hurl=GET)
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "checks/link.txt").symlink_to(tmp_path / "secret.txt")
    (tmp_path / "checks/data.txt").write_text("data")
    root = str((tmp_path / "checks").resolve())
    file = check_file.read("a.hurl", str(tmp_path / "checks/a.hurl"), root, "a")
    assert file.beside("data.txt") == file.beside("deep/../data.txt") == b"data"
    with pytest.raises(OSError, match=r"^$|."):
        file.beside(name.format(absolute=tmp_path / "checks/data.txt"))


def test_a_language_is_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A module with `planned` and its ending in the table; several checks of one file have names of their own."""

    def planned(file: check_file.CheckFile, bounds: Bounds) -> tuple[Planned, ...]:
        names = file.text.split()
        return tuple(Planned(f"{file.name} {name}", "synthetic", lambda _: None, file.path) for name in names)  # type: ignore[arg-type,return-value]  # fmt: skip

    monkeypatch.setitem(languages.TABLE, "_check.txt", planned)
    written(tmp_path, **{"shop_check.txt": "one two", "a_hurl": GET})
    found = load("checks", BOUNDS, directory=str(tmp_path))
    assert [one.name for one in found] == ["a", "shop_check one", "shop_check two"]
