"""Files as they lie in a folder, an archive or compressed: each yields its pages with their plain content."""

from __future__ import annotations

import gzip
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from flows.sources.page import FetchedPage
from flows.sources.refusal import listed, refused

FORMATS = {
    ".csv": "delimited",
    ".tsv": "delimited",
    ".tab": "delimited",
    ".txt": "delimited",
    ".jsonl": "json_lines",
    ".ndjson": "json_lines",
    ".parquet": "parquet",
    ".xlsx": "workbook",
    ".xlsm": "workbook",
}
_KNOWN = ".csv, .tsv, .txt, .jsonl, .ndjson, .parquet, .xlsx, or these in .gz or .zip"


def format_of(page_name: str) -> str | None:
    """Format of a page by the ending of its name, `.gz` left out; None for an ending nobody reads."""
    return FORMATS.get(PurePosixPath(page_name.lower().removesuffix(".gz")).suffix)


def unpack(source: str, file: Path, name: str) -> Iterator[FetchedPage]:
    """The pages of one file: itself, decompressed, or each data file in a `.zip`.

    Raises SourcePermanentError when it cannot be read, is corrupt, or holds nothing that can be read.
    """
    if name.lower().endswith(".zip"):
        yield from _members(source, file, name)
        return
    if format_of(name) is None:
        raise refused(source, name, f"unknown kind of file; export it as {_KNOWN}")
    try:
        content = file.read_bytes()
    except OSError as error:
        raise refused(source, name, f"cannot be read: {error.strerror}") from None
    yield FetchedPage(name, _plain(source, name, content))


def _members(source: str, file: Path, name: str) -> Iterator[FetchedPage]:
    try:
        with zipfile.ZipFile(file) as archive:
            members = [member for member in archive.namelist() if _is_data(member)]
            if not members:
                inside = listed([member for member in archive.namelist() if not member.endswith("/")]) or "nothing"
                raise refused(
                    source, name, f"holds no export (inside: {inside}); put in {_KNOWN.partition(',')[0]} files"
                )
            for member in sorted(members):
                page_name = f"{name}!{member}"
                yield FetchedPage(page_name, _plain(source, page_name, archive.read(member)))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise refused(source, name, f"corrupt archive ({error}); export or copy it again") from None
    except RuntimeError:
        raise refused(source, name, "is protected by a password; unpack it first") from None
    except OSError as error:
        raise refused(source, name, f"cannot be read: {error.strerror or error}") from None


def _is_data(member: str) -> bool:
    """Data files; not folders and not what operating systems leave in archives."""
    parts = PurePosixPath(member).parts
    hidden = any(part.startswith((".", "__MACOSX")) for part in parts)
    return not member.endswith("/") and not hidden and format_of(member) is not None


def _plain(source: str, name: str, content: bytes) -> bytes:
    if not name.lower().endswith(".gz"):
        return content
    try:
        return gzip.decompress(content)
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise refused(source, name, f"corrupt gzip ({error}); export or copy it again") from None
