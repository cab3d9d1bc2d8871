"""Zips that attack: made by hand, field by field, because the usual writers do not make such things."""

from __future__ import annotations

import struct
import zlib
from typing import NamedTuple

from trivigil.publish.handover import MEMBER

UPLOADED = bytes.fromhex(
    "504b0304140008000800245f775d00000000000000000000000016000000747269766967696c2d68616e646f7665"
    "722e6a736f6eab562a4ece48cd4d54b252502a29ca2ccb4ccfccd1cf48cc4bc92f4b2dd23754aae50200504b0708"
    "e50372792400000022000000504b01022d03140008000800245f775de50372792400000022000000160000000000"
    "000000002000a48100000000747269766967696c2d68616e646f7665722e6a736f6e504b05060000000001000100"
    "44000000680000000000"
)
"""What archiver 7.0.1 made of a file with CONTENT, called as @actions/artifact 2 calls it (createZipUploadStream)."""
CONTENT = b'{"schema": "trivigil/handover/1"}\n'


class Zip(NamedTuple):
    """A zip with one member, of which every field can lie."""

    content: bytes = CONTENT
    name: bytes = MEMBER.encode()
    local_name: bytes | None = None
    flags: int = 0
    local_flags: int | None = None
    method: int = 8
    attributes: int = 0o100644 << 16
    packed_bytes: bytes | None = None
    size: int | None = None
    packed: int | None = None
    checksum: int | None = None
    local_size: int | None = None
    before: bytes = b""
    behind_data: bytes = b""
    more_directory: bytes = b""
    behind: bytes = b""
    comment: bytes = b""
    members: int = 1
    offset: int = 0
    extra: bytes = b""

    def bytes(self) -> bytes:
        """The archive."""
        data = self.packed_bytes
        if data is None:
            data = deflated(self.content) if self.method == 8 else self.content
        size = len(self.content) if self.size is None else self.size
        packed = len(data) if self.packed is None else self.packed
        checksum = zlib.crc32(self.content) if self.checksum is None else self.checksum
        local_name = self.name if self.local_name is None else self.local_name
        local_flags = self.flags if self.local_flags is None else self.local_flags
        local_size = size if self.local_size is None else self.local_size
        local = struct.pack(
            "<4s5H3I2H", b"PK\3\4", 20, local_flags, self.method, 0, 0, checksum, packed,
            local_size, len(local_name), 0,
        )  # fmt: skip
        head = self.before + local + local_name + data + self.behind_data
        central = struct.pack(
            "<4s6H3I5H2I", b"PK\1\2", 0x0314, 20, self.flags, self.method, 0, 0, checksum, packed,
            size, len(self.name), len(self.extra), 0, 0, 0, self.attributes, self.offset,
        )  # fmt: skip
        directory = central + self.name + self.extra + self.more_directory
        end = struct.pack(
            "<4s4H2IH", b"PK\5\6", 0, 0, self.members, self.members, len(directory), len(head),
            len(self.comment),
        )  # fmt: skip
        return head + directory + end + self.comment + self.behind


def deflated(content: bytes) -> bytes:
    """Raw deflate."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(content) + packer.flush()


def handed_over(text: str) -> bytes:
    """The artifact with this hand-over."""
    return Zip(text.encode()).bytes()
