"""The same table as a workbook."""

import re
from collections.abc import Iterable
from datetime import UTC
from io import BytesIO
from typing import Final
from xml.sax.saxutils import escape
from zipfile import ZipFile, ZipInfo

from trafficlight.publish import table, words
from trafficlight.publish.formats.base import Artifact, FormatScope
from trafficlight.publish.view import BoardView, Header
from trafficlight.text.languages import N_, translate

MEDIA: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_NOT_XML: Final = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_WIDE: Final = (14, 30, 14, 12, 36, 30, 24, 12, 40, 17, 17, 18, 12, 12, 10, 16, 26)
"""Of the columns, in characters."""
_LONGEST: Final = 32_767
"""Characters in a cell."""

_TYPES: Final = (
    f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{MEDIA}.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
    '<Override PartName="/xl/styles.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>'
    '<Override PartName="/docProps/core.xml" '
    'ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>'
)
_RELATIONS: Final = (
    f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/relationships/officeDocument" Target="xl/workbook.xml"/>'
    f'<Relationship Id="rId2" Type="{_PACKAGE}/relationships/metadata/core-properties" '
    'Target="docProps/core.xml"/></Relationships>'
)
_PARTS: Final = (
    f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/relationships/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/relationships/styles" Target="styles.xml"/></Relationships>'
)
_STYLES: Final = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


class BoardXlsx:
    """{board}/board.xlsx: the cells of board.csv as texts and numbers; no formula, no macro, no link.

    Written here and not compressed, so that the same edition is the same bytes with every zlib; its times are
    the edition's.
    """

    name = "board_xlsx"
    scope = FormatScope.DATA
    pattern = "{board}/board.xlsx"

    def make(self, view: BoardView, /) -> tuple[Artifact, ...]:
        header, when = view.header, view.edition.as_of.timetuple()[:6]
        parts = {
            "[Content_Types].xml": _TYPES,
            "_rels/.rels": _RELATIONS,
            "docProps/core.xml": _core(view),
            "xl/workbook.xml": _workbook(header),
            "xl/_rels/workbook.xml.rels": _PARTS,
            "xl/styles.xml": _STYLES,
            "xl/worksheets/sheet1.xml": _sheet(view),
        }
        body = BytesIO()
        with ZipFile(body, "w") as book:
            for name, text in parts.items():
                book.writestr(ZipInfo(name, when), text.encode())
        return (Artifact(self.pattern.format(board=header.slug), MEDIA, body.getvalue()),)


def _core(view: BoardView) -> str:
    header = view.header
    at = view.edition.as_of.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    notes = [view.edition.text, *words.about(header.lang)]
    if header.licence:
        notes.append(translate(N_("数据许可：{said}"), header.lang).format(said=header.licence))
    return (
        f'{_HEAD}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{_text(words.heading(header))}</dc:title><dc:creator>{_text(header.attribution)}</dc:creator>"
        f"<dc:description>{_text(' '.join(notes))}</dc:description>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{at}</dcterms:created>'
        f'<dcterms:modified xsi:type="dcterms:W3CDTF">{at}</dcterms:modified></cp:coreProperties>'
    )


def _workbook(header: Header) -> str:
    name = re.sub(r"[\[\]:*?/\\']", " ", header.name)[:31].strip() or header.slug[:31]
    return (
        f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}/relationships">'
        f'<sheets><sheet name="{_text(name)}" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )


def _sheet(view: BoardView) -> str:
    head, rows = table.head(view.header.lang), table.rows(view)
    columns = "".join(
        f'<col min="{at}" max="{at}" width="{wide}" customWidth="1"/>' for at, wide in enumerate(_WIDE, 1)
    )
    lines = [_line(1, head, ' s="1"'), *(_line(at, row) for at, row in enumerate(rows, start=2))]
    return (
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f"<cols>{columns}</cols><sheetData>{''.join(lines)}</sheetData>"
        f'<autoFilter ref="A1:{_column(len(head))}{len(lines)}"/></worksheet>'
    )


def _line(number: int, cells: Iterable[table.Cell], style: str = "") -> str:
    made = []
    for at, cell in enumerate(cells, start=1):
        place = f'<c r="{_column(at)}{number}"{style}'
        if isinstance(cell, float):
            made.append(f"{place}><v>{cell!r}</v></c>")
        elif cell:
            made.append(f'{place} t="inlineStr"><is><t xml:space="preserve">{_text(str(cell))}</t></is></c>')
    return f'<row r="{number}">{"".join(made)}</row>'


def _column(number: int) -> str:
    return chr(ord("A") + number - 1)


def _text(text: str) -> str:
    """As XML, without the characters that no XML may hold, and as long as a cell may be."""
    return escape(_NOT_XML.sub("", text)[:_LONGEST], {'"': "&quot;"})
