from __future__ import annotations

import contextlib
import io
import stat
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trivigil.core.errors import InputError
from trivigil.publish.archive import ROOM, member
from trivigil.publish.handover import MEMBER

from .zips import CONTENT, UPLOADED, Zip, deflated

MOST = 100_000
NAME = MEMBER.encode()


def by_zipfile(*names: str, method: int = zipfile.ZIP_DEFLATED, content: bytes = CONTENT) -> bytes:
    """A zip as Python makes it."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", method) as made:
        for name in names:
            made.writestr(name, content)
    return held.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(UPLOADED, id="as upload-artifact makes it"),
        pytest.param(by_zipfile(MEMBER), id="as Python makes it"),
        pytest.param(by_zipfile(MEMBER, method=zipfile.ZIP_STORED), id="not packed"),
        pytest.param(Zip().bytes(), id="by hand"),
    ],
)
def test_an_honest_zip(data: bytes) -> None:
    """One member of the right name is read."""
    assert member(data, MEMBER, MOST) == CONTENT


BOMB = b"\0" * MOST
ATTACKS = {
    "a path out of the folder": Zip(name=b"../" + NAME),
    "an absolute path": Zip(name=b"/etc/" + NAME),
    "another name": Zip(name=b"report.json"),
    "a NUL in the name": Zip(name=NAME + b"\0.exe"),
    "a NUL in the local name": Zip(local_name=NAME + b"\0"),
    "another local name": Zip(local_name=b"x" * len(NAME)),
    "a name in other letters": Zip(name=NAME.upper()),
    "a symbolic link": Zip(attributes=(stat.S_IFLNK | 0o777) << 16),
    "a device": Zip(attributes=(stat.S_IFCHR | 0o666) << 16),
    "a folder of Unix": Zip(attributes=(stat.S_IFDIR | 0o755) << 16),
    "a folder of DOS": Zip(attributes=0x10),
    "encrypted": Zip(flags=1),
    "strongly encrypted": Zip(flags=0x41),
    "hidden headers": Zip(flags=0x2000),
    "bzip2": Zip(method=12),
    "flags that differ": Zip(flags=0x800, local_flags=0),
    "sizes that differ": Zip(local_size=1),
    "a bomb that says what it is": Zip(BOMB),
    "a bomb that says it is small": Zip(BOMB, size=10),
    "a bomb that says more than is allowed": Zip(BOMB * 2),
    "more than the directory says": Zip(size=len(CONTENT) - 1),
    "less than the directory says": Zip(size=len(CONTENT) + 1),
    "a wrong checksum": Zip(checksum=1),
    "two streams": Zip(packed_bytes=deflated(CONTENT) + deflated(b"evil")),
    "half a stream": Zip(packed_bytes=deflated(CONTENT)[:-3]),
    "no stream": Zip(packed_bytes=b"\xff" * 30),
    "a packed size beyond the file": Zip(packed=2**31),
    "a packed size that is too small": Zip(packed=3),
    "data before the member": Zip(before=b"#!/bin/sh\n"),
    "data behind the member": Zip(behind_data=b"hidden"),
    "data behind the directory": Zip(behind=b"PK"),
    "a second directory behind the first": Zip(behind=Zip(name=b"evil").bytes()),
    "a second entry that is not counted": Zip(more_directory=b"PK\1\2" + b"\0" * 42),
    "a comment": Zip(comment=b"x"),
    "a comment with an end record": Zip(comment=Zip().bytes()[-22:]),
    "two members counted": Zip(members=2),
    "none counted": Zip(members=0),
    "a member that begins elsewhere": Zip(offset=4),
    "Zip64 sizes": Zip(size=0xFFFFFFFF, packed=0xFFFFFFFF),
}


@pytest.mark.parametrize("zip_", ATTACKS.values(), ids=ATTACKS)
def test_an_attack(zip_: Zip) -> None:
    """An archive of any other shape is refused with a sentence, and nothing of it is read."""
    with pytest.raises(InputError, match=r"^the artifact's zip is refused: .+\.$"):
        member(zip_.bytes(), MEMBER, MOST)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(by_zipfile(MEMBER, "evil.sh"), id="a second member"),
        pytest.param(by_zipfile(), id="no member"),
        pytest.param(b"", id="nothing"),
        pytest.param(b"PK", id="cut"),
        pytest.param(CONTENT, id="no zip"),
        pytest.param(b"\0" * (MOST + ROOM + 1), id="too large to look at"),
    ],
)
def test_another_file(data: bytes) -> None:
    """So is what is no zip with one member."""
    with pytest.raises(InputError, match="the artifact's zip is refused"):
        member(data, MEMBER, MOST)


def test_a_second_member_of_the_same_name() -> None:
    """Of two members with one name none is taken."""
    with pytest.warns(UserWarning, match="Duplicate name"):
        twins = by_zipfile(MEMBER, MEMBER)
    with pytest.raises(InputError, match="2 members"):
        member(twins, MEMBER, MOST)


@given(st.data())
def test_damage(data: st.DataObject) -> None:
    """Any change of any bytes gives the content or a sentence, never another error and never other content."""
    broken = bytearray(UPLOADED)
    for _ in range(data.draw(st.integers(1, 4))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(broken[: data.draw(st.integers(0, len(broken)))])
    for one in (bytes(broken), cut):
        with contextlib.suppress(InputError):
            assert member(one, MEMBER, MOST) == CONTENT
