"""The desk's sections in the order of its navigation, and every page: one row each."""

from typing import Final

from trafficlight.text.languages import N_
from trafficlight.web.desk import (
    account,
    accuracy,
    alarms,
    bulletin,
    calls,
    chat,
    corrections,
    counting,
    daily,
    days,
    director,
    first_week,
    history,
    imports,
    installation,
    links,
    lookback,
    past,
    settings,
    sites,
    teams,
    today,
    tokens,
    users,
    wechat,
)
from trafficlight.web.desk.base import DeskPage, Section
from trafficlight.web.desk.rights import OWN
from trafficlight.web.desk.uploads import MOST_FILE

BOARD: Final = "/boards/{board}"
SITES: Final = f"{BOARD}/sites"
CORRECTIONS: Final = f"{BOARD}/corrections"
LOOKBACK: Final = f"{BOARD}/lookback"

SECTIONS: Final[tuple[Section, ...]] = (
    Section("home", N_("看板"), "", (DeskPage("", OWN, account.show_home),), see=OWN),
    Section(
        "today",
        N_("今日"),
        f"{BOARD}/today",
        (
            DeskPage(f"{BOARD}/today", "board.see", today.show, today.save, act="light.override"),
            DeskPage(f"{BOARD}/daily", "board.see", daily.show),
            DeskPage(f"{BOARD}/daily/day.xlsx", "board.see", daily.workbook),
            DeskPage(f"{BOARD}/daily/day.csv", "board.see", daily.sites_csv),
            DeskPage(f"{BOARD}/daily/towns.csv", "board.see", daily.towns_csv),
        ),
    ),
    Section(
        "sites",
        N_("机构"),
        SITES,
        (
            DeskPage(SITES, "board.see", sites.show_list),
            DeskPage(f"{SITES}/sites.xlsx", "board.see", sites.workbook),
            DeskPage(f"{SITES}/sites.csv", "board.see", sites.csv),
            DeskPage(
                f"{SITES}/import", "site.edit", imports.show_upload, imports.upload, file_bytes=MOST_FILE
            ),
            DeskPage(f"{SITES}/import/check", "site.edit", imports.show_check, imports.save_check),
            DeskPage(f"{SITES}/import/check.xlsx", "site.edit", imports.workbook),
            DeskPage(f"{SITES}/days", "board.see", days.show_days, days.save_days, act="site.edit"),
            DeskPage(f"{SITES}/phones", "board.see", sites.show_phones, sites.save_phones, act="site.edit"),
            DeskPage(f"{SITES}/towns", "site.edit", sites.show_towns, sites.save_towns),
            DeskPage(f"{SITES}/counts", "report.post", counting.show, counting.save, file_bytes=MOST_FILE),
            DeskPage(f"{SITES}/chat", "report.post", chat.show, chat.save),
            DeskPage(f"{BOARD}/calls", "report.post", calls.show, calls.save),
            DeskPage(BOARD + "/site/{site}", "board.see", sites.show_site, sites.save_site, act="site.edit"),
            DeskPage(
                f"{BOARD}/teams",
                "board.see",
                teams.show_teams,
                teams.save_teams,
                act="site.edit",
                file_bytes=MOST_FILE,
            ),
            DeskPage(f"{BOARD}/teams/check", "site.edit", teams.show_check, teams.save_check),
            DeskPage(f"{BOARD}/teams/check.xlsx", "site.edit", teams.check_workbook),
            DeskPage(f"{BOARD}/teams/teams.xlsx", "board.see", teams.workbook),
            DeskPage(f"{BOARD}/teams/teams.csv", "board.see", teams.csv),
            DeskPage(f"{BOARD}/guide", "board.see", teams.show_guide, teams.save_guide, act="site.edit"),
            DeskPage(SITES + "/undo/{import}", "site.edit", imports.show_undo, imports.save_undo),
        ),
    ),
    Section(
        "links",
        N_("链接"),
        f"{BOARD}/links",
        (
            DeskPage(f"{BOARD}/links", "link.manage", links.show_list, links.save_list),
            DeskPage(f"{BOARD}/links/of", "link.manage", links.show_one, links.save_one),
            DeskPage(f"{BOARD}/links/sheet", "link.manage", links.show_sheet, links.save_sheet),
        ),
        see="link.manage",
    ),
    Section(
        "settings",
        N_("设置"),
        f"{BOARD}/rules",
        (
            DeskPage("/boards/new", "board.create", settings.show_new, settings.save_new),
            DeskPage(f"{BOARD}/rules", "board.see", settings.show_rule, settings.save_rule, act="rule.set"),
            DeskPage(f"{BOARD}/rules/history", "board.see", settings.show_rules),
            DeskPage(
                f"{BOARD}/settings",
                "board.see",
                settings.show_board,
                settings.save_board,
                act="board.settings",
            ),
            DeskPage(f"{BOARD}/start", "board.see", first_week.show),
            DeskPage(f"{BOARD}/tokens", "token.manage", tokens.show, tokens.save),
            DeskPage(f"{BOARD}/robot", "board.settings", alarms.show_robot, alarms.save_robot),
            DeskPage(
                f"{BOARD}/words", "board.see", settings.show_words, settings.save_words, act="words.edit"
            ),
        ),
    ),
    Section(
        "corrections",
        N_("更正"),
        CORRECTIONS,
        (
            DeskPage(CORRECTIONS, "board.see", corrections.show, corrections.save, act="notice.post"),
            DeskPage(
                CORRECTIONS + "/sites/{site}", "board.see", corrections.show_site, corrections.save_site
            ),
            DeskPage(CORRECTIONS + "/sites/{site}/timeline", "board.see", history.show_timeline),
            DeskPage(CORRECTIONS + "/sites/{site}/statement", "board.see", history.show_statement),
            DeskPage(f"{CORRECTIONS}/past", "board.see", past.show),
            DeskPage(CORRECTIONS + "/past/{at}/{path:.+}", "board.see", past.serve),
        ),
    ),
    Section(
        "lookback",
        N_("回看"),
        LOOKBACK,
        (
            DeskPage(LOOKBACK, "board.see", lookback.show_lights),
            DeskPage(f"{LOOKBACK}/lights.csv", "board.see", lookback.lights_csv),
            DeskPage(f"{LOOKBACK}/days", "board.see", lookback.show_days),
            DeskPage(f"{LOOKBACK}/visits.csv", "board.see", lookback.visits_csv),
            DeskPage(f"{LOOKBACK}/on-time.csv", "board.see", lookback.on_time_csv),
            DeskPage(f"{LOOKBACK}/hours", "board.see", lookback.show_hours),
            DeskPage(f"{LOOKBACK}/hours.csv", "board.see", lookback.hours_csv),
            DeskPage(f"{LOOKBACK}/accuracy", "board.see", accuracy.show_accuracy),
            DeskPage(f"{LOOKBACK}/accuracy.csv", "board.see", accuracy.accuracy_csv),
            DeskPage(f"{LOOKBACK}/director", "board.see", director.show_director),
            DeskPage(f"{LOOKBACK}/director/towns.csv", "board.see", director.towns_csv),
            DeskPage(f"{LOOKBACK}/bulletin", "board.see", bulletin.show_bulletin),
            DeskPage(f"{LOOKBACK}/hints", "hint.see", bulletin.show_hints),
        ),
    ),
    Section(
        "wechat",
        N_("公众号"),
        f"{BOARD}/wechat",
        (DeskPage(f"{BOARD}/wechat", "board.see", wechat.show, wechat.send, act="wechat.send"),),
    ),
    Section(
        "installation",
        N_("网址和接口"),
        "/installation",
        (DeskPage("/installation", "installation.set", installation.show, installation.save),),
        see="installation.set",
    ),
    Section(
        "users",
        N_("用户"),
        "/users",
        (
            DeskPage("/users", "user.manage", users.show_all, users.add),
            DeskPage("/users/{user}", "user.manage", users.show, users.save),
        ),
        see="user.manage",
    ),
    Section(
        "sessions",
        N_("登录设备"),
        "/sessions",
        (
            DeskPage("/sessions", OWN, account.show_sessions, account.end_session),
            DeskPage("/sign-out", OWN, save=account.sign_out),
        ),
        see=OWN,
    ),
    Section(
        "account",
        N_("账号"),
        "/account",
        (
            DeskPage("/account", OWN, account.show_account, account.save_password),
            DeskPage("/account/second-step", OWN, account.show_second_step, account.save_second_step),
        ),
        see=OWN,
    ),
)

PAGES: Final[tuple[DeskPage, ...]] = tuple(page for section in SECTIONS for page in section.pages)
