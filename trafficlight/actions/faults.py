"""What is wrong with a list, and the sentence that says so to whoever made it."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from trafficlight.actions.columns import COLUMNS
from trafficlight.domain.errors import Refused


class Fault(msgspec.Struct, frozen=True):
    """Something wrong, or only noticed, at a row and a column of the file.

    Line 0 is the list as a whole, an empty column the row as a whole. `header`: the file's word for it.
    """

    line: int
    column: str
    code: str
    params: Mapping[str, Any] = {}
    header: str = ""


def of_refusal(line: int, refused: Refused, column: str, header: str = "") -> Fault:
    """The fault that a refused cell is."""
    return Fault(line, column, refused.code, refused.params, header)


SENTENCES: Final[Mapping[str, tuple[str, str]]] = {
    # the file
    "file_too_big": ("文件太大：不能超过{mb}MB。", "The file is too big: {mb} MB is the limit."),
    "too_many_rows": ("行数太多：不能超过{most}行。", "Too many rows: {most} is the limit."),
    "file_empty": ("文件里没有内容。", "The file holds nothing."),
    "old_excel": (
        "这是旧版Excel文件（.xls）或加密的文件，请另存为.xlsx或CSV再导入。",
        "This is an old (.xls) or encrypted Excel file; save it as .xlsx or CSV.",
    ),
    "xlsx_broken": ("Excel文件打不开，请重新另存一次再导入。", "The workbook cannot be read; save it anew."),
    "csv_broken": (
        "CSV第{line}行的引号不成对。",
        "The quotation marks of line {line} of the CSV do not match.",
    ),
    "not_text": (
        "看不懂这个文件：请用.xlsx，或UTF-8、GB18030编码的CSV。",
        "This is neither .xlsx nor CSV in UTF-8 or GB18030.",
    ),
    "no_header": (
        "前10行里找不到表头，至少要有“{word}”（{column}）一列。",
        "No header in the first ten rows; at least the column {column} ({word}) is needed.",
    ),
    "name_column_missing": (
        "表头里没有“{word}”（{column}）一列。",
        "The header has no column {column} ({word}).",
    ),
    "id_column_missing": (
        "表头里没有“编号”（id）一列：请加上，或用 --board 指定看板。",
        "The header has no column id: add it, or name the board with --board.",
    ),
    "board_column_missing": (
        "表头里没有“看板”（board）一列：请加上，或用 --board 指定看板。",
        "The header has no column board: add it, or name the board with --board.",
    ),
    # a cell
    "name_missing": ("没有机构名称。", "The name is missing."),
    "team_missing": ("没有团队名称。", "The team's name is missing."),
    "id_missing": ("没有编号。", "The id is missing."),
    "board_missing": ("没有看板。", "The board is missing."),
    "too_long": ("太长了：最多{max}个字。", "Too long: at most {max} characters."),
    "too_many": ("太多了：最多{most}个。", "Too many: at most {most}."),
    "cell_error": ("单元格里是Excel的错误值{text}。", "The cell holds Excel's error {text}."),
    "phone_unreadable": (
        "电话看不懂：“{text}”。写成 0535-8512345，多个用“、”或“/”隔开。",
        "This is no phone: “{text}”. Write 0535-8512345, several with “/” between.",
    ),
    "bad_capacity": (
        "日接诊能力要写1到{most}的整数，不是“{text}”。",
        "The capacity is a whole number from 1 to {most}, not “{text}”.",
    ),
    "bad_number": ("不是数字：“{text}”。", "Not a number: “{text}”."),
    "out_of_range": ("超出范围（{least}到{most}）：{text}。", "Out of range ({least} to {most}): {text}."),
    "bad_crs": (
        "不认识的坐标系“{text}”：请写 wgs84、gcj02 或 bd09。",
        "Unknown crs “{text}”: write wgs84, gcj02 or bd09.",
    ),
    "half_coordinates": ("经度和纬度要一起填写。", "Latitude and longitude go together."),
    "bad_date": ("不是日期：“{text}”。写成 2022-12-24。", "Not a date: “{text}”. Write 2022-12-24."),
    "bad_id": (
        "编号只能用小写字母、数字和“-”，最多64个字符，不能是“{text}”。",
        "An id is lower-case letters, digits and “-”, at most 64; “{text}” is none.",
    ),
    "bad_slug": (
        "看板代码只能用小写字母、数字和“-”，最多64个字符，不能是“{text}”。",
        "A board's slug is lower-case letters, digits and “-”, at most 64; “{text}” is none.",
    ),
    "slug_reserved": (
        "“{text}”是系统保留的，请换一个看板代码。",
        "“{text}” is reserved; choose another slug.",
    ),
    # a row among the others
    "column_twice": (
        "这一列在表里有两次，内容不同：{texts}。",
        "This column is there twice and differs: {texts}.",
    ),
    "surplus_cells": (
        "这一行的格数比表头多，可能是内容里有分隔符而没有加引号。",
        "This row has more cells than the header; a delimiter in a cell needs quotation marks.",
    ),
    "duplicate_id": ("编号“{text}”和第{line}行重复。", "The id “{text}” is the same as in row {line}."),
    "duplicate_row": (
        "名称、乡镇、地址都和第{line}行相同；如果是两处，请填上编号加以区别。",
        "Name, town and address are those of row {line}; two rooms of one address need an id each.",
    ),
    "duplicate_team": ("和第{line}行完全相同。", "The row is the same as row {line}."),
    "board_differs": (
        "这一行写的看板是“{text}”，而要导入的是“{board}”。",
        "This row is of the board “{text}”; the import is for “{board}”.",
    ),
    "board_name_differs": (
        "同一看板的名称和第{line}行不同：“{text}”。",
        "The board's name is another than in row {line}: “{text}”.",
    ),
    "belongs_to_board": (
        "编号“{text}”属于看板“{board}”。如果机构确实改属，请加 --move。",
        "The id “{text}” belongs to the board “{board}”. If the site really moved, say --move.",
    ),
    "ambiguous_name": (
        "看板上有几处同名机构（{sites}），分不清是哪一处，请填上编号。",
        "Several sites of the board have this name ({sites}); give the id.",
    ),
    "rename_asked": (
        "像是“{old}”（{site}）改名为“{new}”。如果是，请加 --accept-renames；如果是另一处，请填上新的编号。",
        "“{old}” ({site}) seems to be “{new}” now. If so, say --accept-renames; if not, give it an id.",
    ),
    "rename_unclear": (
        "像是这几处之一改了名，分不清是哪一处：{sites}。请填上编号。",
        "One of these seems to have been renamed, and it is unclear which: {sites}. Give the id.",
    ),
    # only noticed
    "unknown_column": (
        "不认识“{text}”这一列，没有导入。",
        "The column “{text}” is unknown and was left out.",
    ),
    "remark_skipped": ("“{text}”是说明文字，没有导入。", "“{text}” is a remark and was left out."),
    "same_name": ("和“{site}”同名同乡镇。", "It has the name and town of “{site}”."),
    "crs_assumed": (
        "有经纬度而没有坐标系，按 wgs84 处理；高德、腾讯的坐标请写 gcj02。",
        "There are coordinates without a crs: taken as wgs84. Those of Chinese maps are gcj02.",
    ),
    "publisher_missing": (
        "看板“{board}”还没有发布单位，请用 boards put {board} --publisher 填上。",
        "The board “{board}” has no publisher: boards put {board} --publisher …",
    ),
    "hotline_missing": (
        "看板“{board}”还没有咨询热线，请用 boards put {board} --hotline 填上。",
        "The board “{board}” has no hotline: boards put {board} --hotline …",
    ),
    # a list of teams
    "too_many_teams": ("团队太多：不能超过{most}个。", "Too many teams: {most} is the limit."),
    "teams_too_big": (
        "团队名单的内容太多：不能超过{mb}MB。",
        "The list of teams holds too much: {mb} MB is the limit.",
    ),
    # while appending
    "changed_meanwhile": (
        "看板“{board}”刚刚被别人改动，请再导入一次。",
        "Somebody changed the board “{board}” meanwhile; run it again.",
    ),
}
"""Code → the sentence in Chinese and in English."""


def sentence(fault: Fault, lang: str = "zh") -> str:
    """What to tell: where (row, column) and what."""
    chinese = lang.startswith("zh")
    text = SENTENCES[fault.code][0 if chinese else 1].format(**fault.params)
    column = fault.header or (COLUMNS[fault.column][0] if chinese and fault.column else fault.column)
    if not fault.line:
        return text
    if chinese:
        return f"第{fault.line}行" + (f"「{column}」" if column else "") + f"：{text}"
    return f"row {fault.line}" + (f", column {column}" if column else "") + f": {text}"
