"""What is refused of every zip archive."""

from __future__ import annotations

import os
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    import zipfile


def refuse_more_than_there_is(archive: zipfile.ZipFile, file: IO[bytes]) -> None:
    """Raise ValueError for members that are compressed, which nobody writes here, or larger together than the file."""
    here = file.tell()
    size = file.seek(0, os.SEEK_END)
    file.seek(here)
    members = archive.infolist()
    if any(member.compress_type or member.compress_size != member.file_size for member in members):
        raise ValueError("a part of it is compressed")
    if sum(member.file_size for member in members) > size:
        raise ValueError("its parts are larger than the whole")
