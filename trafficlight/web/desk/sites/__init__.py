"""The board's lists: sites in and out, hours, phones; family-doctor teams; the guide."""

from typing import Final

from trafficlight.text.languages import N_
from trafficlight.web.desk.base import DeskPage, Section
from trafficlight.web.desk.sites import (
    checking,
    counting,
    days,
    editing,
    guiding,
    importing,
    listing,
    teams,
    undoing,
)
from trafficlight.web.desk.sites.uploads import MOST_FILE

ROOM: Final = Section(
    "sites",
    N_("机构"),
    "/boards/{board}/sites",
    (
        DeskPage("/boards/{board}/sites", "board.see", listing.show),
        DeskPage("/boards/{board}/sites/sites.xlsx", "board.see", listing.workbook),
        DeskPage("/boards/{board}/sites/sites.csv", "board.see", listing.csv),
        DeskPage(
            "/boards/{board}/sites/import",
            "site.edit",
            importing.show_upload,
            importing.upload,
            file_bytes=MOST_FILE,
        ),
        DeskPage("/boards/{board}/sites/import/check", "site.edit", importing.show, importing.save),
        DeskPage("/boards/{board}/sites/days", "board.see", days.show, days.save, act="site.edit"),
        DeskPage(
            "/boards/{board}/sites/phones",
            "board.see",
            checking.show_phones,
            checking.save_phones,
            act="site.edit",
        ),
        DeskPage("/boards/{board}/sites/towns", "site.edit", checking.show_towns, checking.save_towns),
        DeskPage(
            "/boards/{board}/sites/counts", "report.post", counting.show, counting.save, file_bytes=MOST_FILE
        ),
        DeskPage("/boards/{board}/site/{site}", "board.see", editing.show, editing.save, act="site.edit"),
        DeskPage(
            "/boards/{board}/teams",
            "board.see",
            teams.show,
            teams.save,
            act="site.edit",
            file_bytes=MOST_FILE,
        ),
        DeskPage("/boards/{board}/teams/check", "site.edit", teams.show_check, teams.save_check),
        DeskPage("/boards/{board}/teams/teams.xlsx", "board.see", teams.workbook),
        DeskPage("/boards/{board}/teams/teams.csv", "board.see", teams.csv),
        DeskPage("/boards/{board}/guide", "board.see", guiding.show, guiding.save, act="site.edit"),
        DeskPage("/boards/{board}/sites/undo/{import}", "site.edit", undoing.show, undoing.save),
    ),
)
