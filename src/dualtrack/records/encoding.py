"""Recognising text that is not UTF-8.

May import errors, the constants of the raw columns and the collector of problems. A byte order mark of UTF-8 is
harmless (spreadsheets write it) and is skipped; UTF-16 and UTF-32 are refused.
"""

import codecs
from typing import BinaryIO

from dualtrack.errors import Place, Problem
from dualtrack.records.problems import Notes

__all__ = ["BOM", "not_utf8", "refuse_other_encodings", "stray_byte"]

BOM = codecs.BOM_UTF8
_HEAD = 4096
_FIX = "save the file again as UTF-8 (in a spreadsheet: 'CSV UTF-8')"


def refuse_other_encodings(stream: BinaryIO, file: str, notes: Notes) -> bool:
    """Note REC009 and return True when the head of the file is UTF-16 or UTF-32; the stream is rewound."""
    head = stream.read(_HEAD)
    stream.seek(0)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)):
        found = "a byte order mark of UTF-16 or UTF-32"
    elif b"\0" in head:
        found = "zero bytes, as in UTF-16 or in a file that is not text"
    else:
        return False
    notes.add(Problem("REC009", "the file is not UTF-8", Place(file), found=found, expected="UTF-8", fix=_FIX))
    return True


def not_utf8(place: Place, byte: int) -> Problem:
    """The problem of one byte that is not UTF-8."""
    return Problem("REC009", "the text is not UTF-8", place, found=stray_byte(byte), expected="UTF-8", fix=_FIX)


def stray_byte(byte: int) -> str:
    """A byte that is not UTF-8, and what it would be in the encoding of Western Windows.

    >>> stray_byte(0xE9)
    "byte 0xE9, 'é' in Windows-1252"
    """
    return f"byte 0x{byte:02X}, {bytes([byte]).decode('cp1252', 'replace')!r} in Windows-1252"
