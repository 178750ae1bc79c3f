"""Writes real workbooks, part by part, so that a test says exactly what a file holds."""

import io
import struct
import zipfile
import zlib
from base64 import b85decode
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from xml.sax.saxutils import escape

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
FORMATS = ("General", "yyyy-mm-dd", "yyyy-mm-dd hh:mm", "[h]:mm:ss", "hh:mm")
DAY, MOMENT, SPAN, CLOCK = 1, 2, 3, 4

Sheet = Sequence[Sequence[Any]] | Mapping[str, Any]
"""Rows of cells, None leaves one out; or cells by their place, such as {"B7": 1}."""


class Fault(str):
    """A cell that holds an error, such as #DIV/0!."""


class Formula(str):
    """A formula whose value was never saved."""


class Styled:
    """A number with a format."""

    def __init__(self, number: float, style: int) -> None:
        self.number, self.style = number, style


class Raw(str):
    """A cell's inside and attributes as they stand in the file: `t="str"><f/><v>x</v>`."""


def workbook(
    sheets: Mapping[str, Sheet],
    *,
    hidden: Collection[str] = (),
    merged: Collection[str] = (),
    properties: str = "",
    shared: Sequence[str] = (),
) -> bytes:
    """Return a workbook.

    Args:
        sheets: Cells by the name of the sheet.
        hidden: Sheets that one does not see.
        merged: Ranges merged in every sheet.
        properties: XML before and after the sheets of the workbook part, joined by |.
        shared: Inside of the shared strings.
    """
    names = list(sheets)
    before, _, after = properties.partition("|")
    parts = {
        "[Content_Types].xml": _content_types(len(names)),
        "_rels/.rels": _relations([("rId1", "officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": _workbook(names, hidden, before, after),
        "xl/_rels/workbook.xml.rels": _relations(
            [
                *((f"rId{i}", "worksheet", f"worksheets/sheet{i}.xml") for i, _ in _each(names)),
                ("rStyles", "styles", "styles.xml"),
                ("rShared", "sharedStrings", "/xl/sharedStrings.xml"),
            ]
        ),
        "xl/styles.xml": _styles(),
        "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}">'
        + "".join(f"<si>{text}</si>" for text in shared)
        + "</sst>",
        **{f"xl/worksheets/sheet{i}.xml": _sheet(sheets[name], merged) for i, name in _each(names)},
    }
    return packed({name: _HEAD + text for name, text in parts.items()})


def packed(parts: Mapping[str, str | bytes]) -> bytes:
    """Return a zip archive."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return file.getvalue()


def open_document(*tables: str) -> bytes:
    """Return an OpenDocument workbook of tables whose rows are given as XML."""
    space = "urn:oasis:names:tc:opendocument:xmlns"
    body = "".join(
        f'<table:table table:name="T{i}">{rows}</table:table>' for i, rows in enumerate(tables)
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    return packed(
        {
            "mimetype": kind,
            "content.xml": f'{_HEAD}<office:document-content xmlns:office="{space}:office:1.0" '
            f'xmlns:table="{space}:table:1.0" xmlns:text="{space}:text:1.0" xmlns:calcext="urn:org:'
            'documentfoundation:names:experimental:calc:xmlns:calcext:1.0"><office:body>'
            f"<office:spreadsheet>{body}</office:spreadsheet></office:body>"
            "</office:document-content>",
            "META-INF/manifest.xml": f'{_HEAD}<manifest:manifest xmlns:manifest="{space}:manifest:'
            f'1.0"><manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
            "</manifest:manifest>",
        }
    )


def _each(names: Sequence[str]) -> list[tuple[int, str]]:
    return list(enumerate(names, start=1))


def _content_types(sheets: int) -> str:
    over = [("/xl/workbook.xml", "sheet.main"), ("/xl/styles.xml", "styles")]
    over += [("/xl/sharedStrings.xml", "sharedStrings")]
    over += [(f"/xl/worksheets/sheet{i + 1}.xml", "worksheet") for i in range(sheets)]
    rels = "application/vnd.openxmlformats-package.relationships+xml"
    return (
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType="{rels}"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        + "".join(f'<Override PartName="{p}" ContentType="{_TYPES}.{t}+xml"/>' for p, t in over)
        + "</Types>"
    )


def _relations(items: Sequence[tuple[str, str, str]]) -> str:
    inside = "".join(
        f'<Relationship Id="{i}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for i, kind, target in items
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{inside}</Relationships>'


def _workbook(names: Sequence[str], hidden: Collection[str], before: str, after: str) -> str:
    inside = "".join(
        f'<sheet name="{escape(name)}" sheetId="{i}" r:id="rId{i}"'
        f"{' state=' + chr(34) + 'hidden' + chr(34) if name in hidden else ''}/>"
        for i, name in _each(names)
    )
    return (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">{before}<sheets>{inside}</sheets>{after}'
        "</workbook>"
    )


def _styles() -> str:
    codes = "".join(
        f'<numFmt numFmtId="{200 + i}" formatCode="{code}"/>' for i, code in enumerate(FORMATS)
    )
    styles = "".join(
        f'<xf numFmtId="{200 + i if i else 0}" applyNumberFormat="1"/>' for i in range(len(FORMATS))
    )
    return (
        f'<styleSheet xmlns="{_MAIN}"><numFmts>{codes}</numFmts><fonts count="1"><font/></fonts>'
        '<fills count="1"><fill/></fills><borders count="1"><border/></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="14"/></cellStyleXfs>'
        f'<cellXfs count="{len(FORMATS)}">{styles}</cellXfs></styleSheet>'
    )


def _sheet(cells: Sheet, merged: Collection[str]) -> str:
    if isinstance(cells, Mapping):
        lines = "".join(
            f'<row r="{place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")}">{_cell(place, value)}</row>'
            for place, value in cells.items()
        )
    else:
        lines = "".join(
            f'<row r="{r}">{"".join(_cell(f"{_letter(c)}{r}", v) for c, v in enumerate(row))}</row>'
            for r, row in enumerate(cells, start=1)
        )
    ranges = "".join(f'<mergeCell ref="{one}"/>' for one in merged)
    after = f"<mergeCells>{ranges}</mergeCells>" if merged else ""
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{lines}</sheetData>{after}</worksheet>'


def _letter(index: int) -> str:
    return chr(ord("A") + index)


def _cell(place: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return f'<c r="{place}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, Raw):
        return f'<c r="{place}" {value}</c>'
    if isinstance(value, Fault):
        return f'<c r="{place}" t="e"><v>{value}</v></c>'
    if isinstance(value, Formula):
        return f'<c r="{place}"><f>{escape(value)}</f><v/></c>'
    if isinstance(value, str):
        return (
            f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
        )
    styled = _styled(value)
    if styled.style:
        return f'<c r="{place}" s="{styled.style}"><v>{styled.number}</v></c>'
    return f'<c r="{place}"><v>{value}</v></c>'


def _styled(value: Any) -> Styled:
    if isinstance(value, Styled):
        return value
    if isinstance(value, datetime):
        return Styled((value - datetime(1899, 12, 30)) / timedelta(days=1), MOMENT)
    if isinstance(value, date):
        return Styled((value - date(1899, 12, 30)).days, DAY)
    if isinstance(value, timedelta):
        return Styled(value / timedelta(days=1), SPAN)
    if isinstance(value, time):
        midnight = datetime.combine(date.min, time())
        return Styled((datetime.combine(date.min, value) - midnight) / timedelta(days=1), CLOCK)
    return Styled(value, 0)


def old_workbook() -> bytes:
    """Return an .xls of two sheets, with errors as constants and as the result of a formula."""
    return zlib.decompress(b85decode("".join(_OLD)))


_OLD = (
    "c-rk)O=uHA6#iy^@@Jc7V_Ip%5DHd}y@(etHCoV~EL8+W1Wip2r6G|}{5xp1<|qiB6fcEddZ~Kx2Nm?@L8$1VAP9",
    "-|=1H*Nq0Rc{Wmc1zLxUQu?6=ID+4nau``*k>_RWG-nt2c{qXB!NqhkBvso@D~e&;3xlH0Z%I=zpY?P6WQ@1sO|O",
    "g!y;?Ugx{`7T4led8rj;3Kt@IE#^dE)#DfhB$_lkTDDjgKAI1U1~w}a$I4iXP9nedXIIVG2O?U8%zgDw<JzrAvu!",
    "Rqw4s$*2l6SQGrKn^PV}o(2ZBJj<4JlRb3PN3*)KmzbS|r9he1WZa9<66jIp|B9y{eEZcG5tFu;L#9e-S`2xiMR?",
    "qh~;os5>U<&qWAq%mHC>C`o@rxm3@d=Z3Wl$iiIlYJtSTdzl$I<io6{-oHZy+moJWZ8xj@pHQwC80Vs$15bT<jf0",
    ")9B){#U&r2jeBM8%iBX^qsddunc}Uyy5Vn?5yHk*X+g$8mT(xXn_#+=={5Gcna5G45z?f-f3#Z-4o<Vqb(Z$iJi8",
    "h1lG|#=+i6_<eE4y!xRl&M<N4w8rO5nZat3|$0!ov;yrwZA2E?7)5>Jv&FVxoXfobnA+k{UGsn~7xR_nql0z9;sR",
    "`2A~5lUY)=wH?X%(M8pnwpQ}v5*i_TWipMt|GG7uZ14=E;aQges$IfD!)4W^|D`s?dr7+)(*=Twid=iISp-oKhcg",
    "_Fn-9_Yb}VTwV>5xzgEM8Eh_t(+<9Rukry$67(HL72x^UFGOI<fNjRw&O;aCpl8I)?bm78<3l}b2xcFTNb&S{5LC",
    "#bMM6dd;vr4VvekS>EaRhm~Cg~660pzGJ;9^Vl(*sjDzQh`BobQDa$7uEfCNRcvOtf6Tbifz2zh}*cp+C2TTAjbr",
    "N}PXr{_nn%`I-",
)


def binary_workbook(sheets: Mapping[str, Sequence[Sequence[Any]]]) -> bytes:
    """Return an .xlsb of numbers and `Fault`s; every second fault is the result of a formula."""
    names = list(sheets)
    bundle = b"".join(
        record(156, struct.pack("<II", 0, i) + _wide(f"rId{i}") + _wide(name))
        for i, name in _each(names)
    )
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"/>',
        "_rels/.rels": _relations([("rId1", "officeDocument", "xl/workbook.bin")]),
        "xl/workbook.bin": record(131, b"")
        + record(143, b"")
        + bundle
        + record(144, b"")
        + record(132, b""),
        "xl/_rels/workbook.bin.rels": _relations(
            # Not in the order of the sheets: a part goes by its relation.
            [(f"rId{i}", "worksheet", f"worksheets/sheet{9 - i}.bin") for i, _ in _each(names)]
        ),
        **{f"xl/worksheets/sheet{9 - i}.bin": _records(sheets[name]) for i, name in _each(names)},
    }
    return packed(parts)


def record(kind: int, body: bytes) -> bytes:
    """Return a record of an .xlsb part."""
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    return head + bytes([len(body)]) + body


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _records(rows: Sequence[Sequence[Any]]) -> bytes:
    codes = {"#N/A": 0x2A, "#DIV/0!": 0x07, "#REF!": 0x17}
    size = struct.pack("<IIII", 0, len(rows) - 1, 0, max(map(len, rows)) - 1)
    pieces = [record(129, b""), record(148, size), record(145, b"")]
    faults = 0
    for number, row in enumerate(rows):
        pieces.append(record(0, struct.pack("<I", number) + b"\0" * 13))
        for column, cell in enumerate(row):
            at = struct.pack("<II", column, 0)
            if isinstance(cell, Fault):
                faults += 1
                pieces.append(record(11 if faults % 2 else 3, at + bytes([codes[cell]])))
            elif isinstance(cell, str):
                pieces.append(record(6, at + _wide(cell)))
            else:
                pieces.append(record(5, at + struct.pack("<d", cell)))
    return b"".join(pieces) + record(146, b"") + record(130, b"")
