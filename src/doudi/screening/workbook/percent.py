"""Which formats of a workbook show a number as a percentage: 60% typed into a column of amounts is kept as 0.6, and would be read as sixty fen."""

from __future__ import annotations

import re
import zipfile

from doudi.screening.workbook.reach import walk

_PART = "xl/styles.xml"
_BUILT_IN = frozenset({9, 10})
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')


def percent_styles(archive: zipfile.ZipFile) -> frozenset[int]:
    """Numbers by which the cells name a style that shows percentages. Raises expat.ExpatError, KeyError or ValueError where the part is broken."""
    if _PART not in archive.namelist():
        return frozenset()
    formats = set(_BUILT_IN)
    found: list[bool] = []
    inside = False

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal inside
        if tag == "numFmt" and "%" in _QUOTED.sub("", attributes["formatCode"]):
            formats.add(int(attributes["numFmtId"]))
        elif tag in ("cellStyleXfs", "cellXfs", "cellStyles"):
            inside = tag == "cellXfs"
        elif tag == "xf" and inside:
            found.append(int(attributes.get("numFmtId", "0")) in formats)

    walk(archive.read(_PART), start)
    return frozenset(i for i, shows in enumerate(found) if shows)
