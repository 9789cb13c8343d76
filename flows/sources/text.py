"""Bytes of a text export as UTF-8 with plain line ends and without byte order mark."""

from __future__ import annotations

import codecs

from flows.sources.refusal import refused

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def as_utf_8(payload: bytes, source: str, page_name: str, encoding: str) -> bytes:
    """`payload`, written in `encoding`, as UTF-8. Raises SourcePermanentError naming line and byte that do not fit."""
    if codecs.lookup(encoding).name in {"utf-8", "utf-8-sig"}:
        if payload.startswith(_UTF_16) or b"\0" in payload.partition(b"\n")[0]:
            raise refused(source, page_name, 'is not UTF-8 but looks like UTF-16; set encoding = "utf-16"')
        text = payload.removeprefix(codecs.BOM_UTF8)
        try:
            codecs.utf_8_decode(text, "strict", True)
        except UnicodeDecodeError as error:
            raise _undecodable(text, error, source, page_name, encoding) from None
    else:
        try:
            text = payload.decode(encoding).removeprefix("\ufeff").encode()
        except UnicodeDecodeError as error:
            raise _undecodable(payload, error, source, page_name, encoding) from None
    # Line ends of old Macs, which nothing else reads as such.
    return text.replace(b"\r", b"\n") if b"\r" in text and b"\n" not in text else text


def _undecodable(payload: bytes, error: UnicodeDecodeError, source: str, page_name: str, encoding: str) -> Exception:
    line = payload.count(b"\n", 0, error.start) + 1
    column = error.start - (payload.rfind(b"\n", 0, error.start) + 1) + 1
    rule = (
        f"line {line}, byte {column}: 0x{payload[error.start]:02x} is not {encoding}; "
        'set encoding to what the export is written in, such as encoding = "cp1252"'
    )
    return refused(source, page_name, rule)
