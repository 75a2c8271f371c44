"""Code → status and sentences. A code raised anywhere has its row here; a test says which is missing."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final, NamedTuple


class Problem(NamedTuple):
    """One row. `{name}` stands for a parameter of the refusal."""

    status: int
    zh: str
    en: str

    def said(self, lang: str) -> str:
        """The sentence in that language; Chinese for any but English."""
        return self.en if lang == "en" else self.zh


_BAD = HTTPStatus.BAD_REQUEST
_WRONG = HTTPStatus.UNPROCESSABLE_ENTITY
_GONE = HTTPStatus.NOT_FOUND
_AGAIN = HTTPStatus.SERVICE_UNAVAILABLE

PROBLEMS: Final[Mapping[str, Problem]] = {
    # The request itself.
    "not_json": Problem(_BAD, "请求内容不是有效的 JSON。", "The body is not valid JSON."),
    "not_form": Problem(
        _BAD, "提交的内容无法读取，请返回重填。", "The form could not be read. Go back and try again."
    ),
    "bad_encoding": Problem(_BAD, "压缩的请求内容无法解开。", "The compressed body could not be unpacked."),
    "no_token": Problem(
        HTTPStatus.UNAUTHORIZED,
        "缺少令牌，请在 Authorization 头中给出：Bearer 令牌。",
        "A token is missing. Send it as: Authorization: Bearer TOKEN.",
    ),
    "bad_token": Problem(
        HTTPStatus.UNAUTHORIZED, "令牌无效或已停用，请联系主管部门。", "The token is unknown or was revoked."
    ),
    "not_yours": Problem(
        HTTPStatus.FORBIDDEN, "这个令牌不能为该机构填报。", "This token may not report for that site."
    ),
    "not_desk": Problem(
        HTTPStatus.FORBIDDEN,
        "这个令牌不是主管部门的。",
        "This needs a token of the desk (--role desk) for the board.",
    ),
    "stale_form": Problem(
        HTTPStatus.FORBIDDEN,
        "页面已失效，请重新打开填报链接。",
        "The page is no longer valid. Open your link again.",
    ),
    "not_found": Problem(_GONE, "没有这个地址。", "There is nothing at this address."),
    "unknown_site": Problem(
        _GONE, "没有这个机构，或已移出名单。", "There is no such site, or it left the list."
    ),
    "unknown_board": Problem(_GONE, "没有这个看板。", "There is no such board."),
    "unknown_report": Problem(
        _GONE,
        "没有这条填报，或已撤回，或已超过 {days} 天。",
        "There is no such report, or it was withdrawn, or it is older than {days} days.",
    ),
    "method_not_allowed": Problem(
        HTTPStatus.METHOD_NOT_ALLOWED,
        "这个地址不接受此方法，可用：{allow}。",
        "Not here; allowed are: {allow}.",
    ),
    "too_slow": Problem(
        HTTPStatus.REQUEST_TIMEOUT, "请求内容迟迟没有传完。", "The body took too long to arrive."
    ),
    "too_large": Problem(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "请求内容超过 {limit} 字节。",
        "The body is larger than {limit} bytes.",
    ),
    "not_json_type": Problem(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        "请求的 Content-Type 应为 application/json。",
        "The Content-Type must be application/json.",
    ),
    "unknown_encoding": Problem(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        "请求的 Content-Encoding 只能是 gzip、deflate 或 br，且只能压缩一次。",
        "The Content-Encoding must be one of gzip, deflate and br, and but one of them.",
    ),
    "too_many": Problem(
        HTTPStatus.TOO_MANY_REQUESTS,
        "无效的凭据试得太多，请在 {retry_after} 秒后再试。",
        "Too many bad credentials. Try again in {retry_after} seconds.",
    ),
    "too_many_mismatches": Problem(
        HTTPStatus.TOO_MANY_REQUESTS,
        "反映得太多了，请在 {retry_after} 秒后再试。",
        "Too many from this address. Try again in {retry_after} seconds.",
    ),
    "too_many_signatures": Problem(
        HTTPStatus.TOO_MANY_REQUESTS,
        "要得太多了，请在 {retry_after} 秒后再试。",
        "Too many from this address. Try again in {retry_after} seconds.",
    ),
    "not_our_page": Problem(
        HTTPStatus.FORBIDDEN,
        "这个网址不在允许签名的网页之内。",
        "The address is not below any that may have signatures.",
    ),
    "wechat_unavailable": Problem(
        _AGAIN,
        "现在拿不到微信的票据，请在 {retry_after} 秒后再试。",
        "WeChat gives no ticket now. Try again in {retry_after} seconds.",
    ),
    "ledger_unavailable": Problem(
        _AGAIN,
        "台账暂时无法写入，还不能确认是否收下，请稍后再试。",
        "The ledger cannot be reached now; whether this was kept is not known yet. Try again shortly.",
    ),
    "overloaded": Problem(_AGAIN, "填报太多，请稍后再试。", "Too many reports at once. Try again shortly."),
    "too_many_readers": Problem(
        _AGAIN,
        "同时在看的人太多，请在 {retry_after} 秒后再试。",
        "Too many are reading this live. Try again in {retry_after} seconds.",
    ),
    "internal": Problem(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "系统故障，没有收下，请稍后再试。",
        "A fault of ours. Try again later.",
    ),
    "bad_key": Problem(
        _WRONG,
        "Idempotency-Key 应为 1 至 255 个可打印的 ASCII 字符。",
        "An Idempotency-Key has 1 to 255 printable ASCII characters.",
    ),
    "key_reused": Problem(
        _WRONG,
        "这个 Idempotency-Key 已用于另一条内容。",
        "This Idempotency-Key was used for another body.",
    ),
    # A report.
    "needs_confirmation": Problem(
        HTTPStatus.CONFLICT,
        "{norm}，确认是 {patients} 人吗？如确认无误，请带 confirm: true 再次提交。",
        "{norm}. Is {patients} right? If so, send it again with confirm: true.",
    ),
    "newer_report": Problem(
        HTTPStatus.CONFLICT,
        "此后已有一条更新的填报，请核对后再提交。",
        "Another report has come since. Look at it first.",
    ),
    "lower_number": Problem(
        HTTPStatus.CONFLICT,
        "今天已报 {before} 人，这次是 {patients} 人。",
        "{before} were told before; now {patients}.",
    ),
    "which_day": Problem(
        HTTPStatus.CONFLICT,
        "刚开诊，已是平时的一半以上：{patients} 人是今天的，还是昨天全天的？",
        "It has just opened, and {patients} is over half the usual: today, or all of yesterday?",
    ),
    "undo_late": Problem(
        _WRONG,
        "已过 {minutes} 分钟，不能撤销了。请再填一次正确的人数。",
        "More than {minutes} minutes have passed. Please report again, with the right number.",
    ),
    "bad_pin": Problem(_WRONG, "密码应为 4 到 6 位数字。", "A PIN has 4 to 6 digits."),
    "pin_needed": Problem(HTTPStatus.FORBIDDEN, "请输入这个链接的密码。", "Give the PIN of this link."),
    "pin_wrong": Problem(HTTPStatus.FORBIDDEN, "密码不对，请再试。", "The PIN is wrong. Try again."),
    "too_many_pins": Problem(
        HTTPStatus.TOO_MANY_REQUESTS,
        "密码试得太多，请在 {retry_after} 秒后再试，或打电话问主管部门。",
        "Too many wrong PINs. Try again in {retry_after} seconds, or phone the county.",
    ),
    "link_revoked": Problem(HTTPStatus.GONE, "这个填报链接已停用。", "This link was revoked."),
    "no_session": Problem(
        HTTPStatus.FORBIDDEN, "请从收到的填报链接或二维码重新进入。", "Open the link that you were given."
    ),
    "site_gone": Problem(HTTPStatus.GONE, "该机构已不在名单中。", "The site left the list."),
    "nothing_reported": Problem(_WRONG, "请填写人数。", "Give at least a count, a closure or a capacity."),
    "missing": Problem(_WRONG, "缺少 {field}。", "{field} is missing."),
    "wrong_type": Problem(_WRONG, "{subject}应为{expected}。", "{subject} must be {expected}."),
    "unknown_field": Problem(_WRONG, "没有“{field}”这一项。", 'There is no field "{field}".'),
    "not_listed": Problem(_WRONG, "请从列出的几项中选一项。", "Choose one of those that are listed."),
    "out_of_range": Problem(
        _WRONG, "请填 {least} 到 {most} 之间的整数。", "Give a whole number from {least} to {most}."
    ),
    "not_a_count": Problem(_WRONG, "请只填数字，如 12。", "Give digits only, such as 12."),
    "bad_date": Problem(_WRONG, "日期应写成 2022-12-24 这样。", "A date is written like 2022-12-24."),
    "future_day": Problem(
        _WRONG, "不能填报今天（{today}）以后的日子。", "A day after today, {today}, cannot be reported."
    ),
    "too_old_day": Problem(
        _WRONG, "只能补报 {days} 天以内的日子。", "Only the last {days} days can still be reported."
    ),
    "reopen_without_closure": Problem(
        _WRONG, "只有暂停接诊时才填恢复日期。", "A reopening date goes with staff_infected: true alone."
    ),
    "reopen_out_of_range": Problem(
        _WRONG,
        "恢复日期应在明天至 {days} 天以内。",
        "The reopening date is from tomorrow to {days} days ahead.",
    ),
    "too_long": Problem(_WRONG, "最多 {max} 个字。", "At most {max} characters."),
    "not_plain": Problem(_WRONG, "请只用普通文字，不要用代码或特殊字符。", "Plain text only, please."),
    "personal_data": Problem(
        _WRONG,
        "内容里像是有手机号或证件号。为保护个人信息，请删去后再提交。",
        "This looks like a mobile or identity number. Personal data is not taken; please leave it out.",
    ),
    "too_old": Problem(
        _WRONG, "超过 {days} 天的填报不能撤回。", "A report older than {days} days cannot be withdrawn."
    ),
    "too_many_reports": Problem(_WRONG, "一次最多 {most} 条。", "At most {most} reports at once."),
    # Settings, on the command line and at the desk.
    "bad_id": Problem(
        _WRONG,
        "编号只能用小写字母、数字和连字符，以字母或数字开头，最多 64 个。",
        "An id is 1 to 64 lower-case letters, digits and hyphens, the first of them no hyphen.",
    ),
    "bad_slug": Problem(
        _WRONG,
        "地址名只能用小写字母、数字和连字符，以字母或数字开头，最多 64 个。",
        "A slug is 1 to 64 lower-case letters, digits and hyphens, the first of them no hyphen.",
    ),
    "slug_reserved": Problem(_WRONG, "{text} 是系统保留的名字。", "{text} is reserved."),
    "phone_unreadable": Problem(_WRONG, "电话“{text}”看不懂。", "The phone {text} cannot be read."),
    "unknown_zone": Problem(_WRONG, "没有 {text} 这个时区。", "There is no time zone {text}."),
    "zone_in_time": Problem(_WRONG, "时刻不要写时区，如 9:00。", "A time of day has no zone of its own."),
    "bad_number": Problem(
        _WRONG,
        "“{text}”不是可用的数（{least}到{most}）。",
        "“{text}” is no number from {least} to {most}.",
    ),
    "rule_invalid": Problem(_WRONG, "规则有误：{detail}。", "The rule is wrong: {detail}."),
    "rule_unknown": Problem(_WRONG, "没有 {kind} 这种规则。", "There is no rule of kind {kind}."),
    "bad_role": Problem(_WRONG, "角色只能是：{roles}。", "A role is one of: {roles}."),
    "bad_reach": Problem(
        _WRONG,
        "链接属于一个机构，或一个名单里的一个乡镇。",
        "A link is for one site, or for one town of a board.",
    ),
    "unknown_token": Problem(_GONE, "没有这个令牌。", "There is no such token."),
    "unknown_link": Problem(_GONE, "没有这个链接。", "There is no such link."),
    "bad_url": Problem(
        _WRONG,
        "不是可用的网址，要写成 https://fever.example.cn 这样。",
        "This is no usable address: it is written like https://fever.example.cn with nothing behind.",
    ),
    "bad_proof": Problem(
        _WRONG,
        "“{text}”不是公众平台给的验证文件。",
        "“{text}” is no verification file of WeChat's.",
    ),
    "no_base_url": Problem(
        _WRONG,
        "请写填报网址，链接以它开头。",
        "Give the address that the links begin with.",
    ),
    "base_not_https": Problem(
        _WRONG,
        "网址不是 https，微信里可能打不开。只是试用的，打勾再发。",
        "The address is not https; WeChat may block it. For a trial, tick the box and send again.",
    ),
    "base_private": Problem(
        _WRONG,
        "外面的手机打不开这个网址，它只在本机或内网里。只是试用的，打勾再发。",
        "Phones outside cannot reach this address. For a trial, tick the box and send again.",
    ),
    "webhook_private": Problem(
        _WRONG,
        "这个地址在内网里，不能用。",
        "This address is inside this house and cannot be used.",
    ),
    "webhook_not_https": Problem(_WRONG, "地址要以 https:// 开头。", "The address must begin with https://."),
    "robot_failed": Problem(_WRONG, "没有发成：{why}。请核对地址。", "Not sent: {why}. Check the address."),
    "link_shown": Problem(
        HTTPStatus.CONFLICT,
        "这些链接刚才已经发过，只显示那一次。没有记下来的，请再发新的，旧的可以停用。",
        "These links were issued already and are shown only once. Issue new ones; the old can be revoked.",
    ),
    "nothing_to_issue": Problem(_WRONG, "没有要发的。", "There is nothing to issue."),
    "too_many_cards": Problem(
        _WRONG,
        "一次最多 {most} 张，这样选有 {cards} 张，请按乡镇分几次。",
        "At most {most} cards at once, and this makes {cards}: print them town by town.",
    ),
    "team_missing": Problem(_WRONG, "没有团队名称。", "The team's name is missing."),
    "too_many_teams": Problem(_WRONG, "团队太多：最多 {most} 个。", "Too many teams: {most} is the limit."),
    "guide_empty": Problem(_WRONG, "指引里没有内容。", "The guide holds nothing."),
    "guide_not_text": Problem(_WRONG, "指引里有不能显示的字符。", "The guide holds what cannot be shown."),
    "guide_too_big": Problem(
        _WRONG, "指引太大：不能超过 {kb}KB。", "The guide is too big: {kb} KB is the limit."
    ),
    "notice_empty": Problem(_WRONG, "请填写公告的内容。", "The notice holds nothing."),
    "unknown_notice": Problem(
        _GONE, "这条公告已经撤下，或已到期。", "The notice was taken back or has ended."
    ),
    "bad_end": Problem(_WRONG, "“{text}”不是日期或时刻。", "“{text}” is no date or time."),
    "past_instant": Problem(_WRONG, "“{text}”已经过去了。", "“{text}” has gone by."),
    "far_instant": Problem(
        _WRONG, "最多设到{days}天以后，到时再看要不要延长。", "{days} days ahead at most; then look again."
    ),
    "reason_missing": Problem(_WRONG, "请写明原因。", "Give the reason."),
    # The desk.
    "sign_in_wrong": Problem(
        HTTPStatus.FORBIDDEN,
        "用户名、密码或动态码不对。",
        "The name, the password or the code is wrong.",
    ),
    "form_expired": Problem(
        HTTPStatus.FORBIDDEN,
        "页面已过期，没有保存。填写的内容还在，请再提交一次。",
        "The page had expired, so nothing was saved. What was typed is still here: please send it again.",
    ),
    "signed_out": Problem(
        HTTPStatus.FORBIDDEN,
        "登录已结束，没有保存。请重新登录，再返回上一页提交。",
        "You are signed out, so nothing was saved. Sign in, go back one page and send it again.",
    ),
    "not_allowed": Problem(HTTPStatus.FORBIDDEN, "这个账号没有这项权限。", "This account may not do that."),
    "account_not_yours": Problem(
        HTTPStatus.FORBIDDEN,
        "这个账号在您不管理的看板上也有权限，只能由管理全部看板的人来改。",
        "This account has rights on boards that you do not manage: only who manages all boards may do that.",
    ),
    "changed_meanwhile": Problem(
        HTTPStatus.CONFLICT,
        "打开本页之后，别人已经改过，没有保存。请对照现在的内容，再提交一次。",
        "Somebody has changed this since the page was opened. Nothing was saved: compare, and send it again.",
    ),
    "board_exists": Problem(_WRONG, "已经有这个代码的看板。", "There is a board of this name already."),
    "not_ready": Problem(
        _WRONG,
        "公布的看板要有发布单位和咨询热线。",
        "A board that is open needs a publisher and a hotline.",
    ),
    "closing_missing": Problem(_WRONG, "请写一段结束说明。", "Write what people read when it has ended."),
    "bad_time": Problem(_WRONG, "时刻应写成 09:00 这样。", "A time is written like 09:00."),
    "bad_placeholder": Problem(
        _WRONG, "花括号里只能用：{allowed}。", "In braces there may be only: {allowed}."
    ),
    "rule_order": Problem(_WRONG, "红的起点不能低于黄的起点。", "Red must not begin below yellow."),
    "no_baseline": Problem(
        _WRONG,
        "还没有足够的填报，核定不了平时的人数。",
        "There are not enough reports yet to say what is usual.",
    ),
    "cell_wrong": Problem(_WRONG, "{why}。", "{why}."),
    "days_order": Problem(
        _WRONG,
        "最后一天不能早于第一天，一次最多 {most} 天。",
        "The last day must not be before the first; at most {most} days at once.",
    ),
    "hours_missing": Problem(_WRONG, "请写时间，如“休息”。", "Write the hours, such as 休息 (closed)."),
    "nothing_chosen": Problem(_WRONG, "请至少选一项。", "Choose at least one."),
    "file_missing": Problem(_WRONG, "请选择一个文件。", "Choose a file."),
    "import_blocked": Problem(
        _WRONG,
        "没有导入：请先改正标出的各行，或回答是不是改名。",
        "Nothing was imported: correct the rows that are named, or say which are renamed.",
    ),
    "desk_busy": Problem(_AGAIN, "现在太忙，请稍后再试。", "Too busy now. Try again shortly."),
    "password_wrong": Problem(HTTPStatus.FORBIDDEN, "现在的密码不对。", "The present password is wrong."),
    "password_short": Problem(
        _WRONG, "密码至少要 {least} 个字符。", "A password has at least {least} characters."
    ),
    "password_long": Problem(_WRONG, "密码最多 {most} 个字符。", "A password has at most {most} characters."),
    "password_weak": Problem(
        _WRONG,
        "这个密码太容易猜到，请换一个，例如几个不相干的词。",
        "This password is easy to guess. Take another, such as a few unrelated words.",
    ),
    "password_differs": Problem(_WRONG, "两次输入的密码不一样。", "The two passwords differ."),
    "code_wrong": Problem(
        _WRONG,
        "动态码不对，请看手机上现在显示的 6 位数字。",
        "The code is wrong. Give the 6 digits that the phone shows now.",
    ),
    "name_missing": Problem(_WRONG, "请填写名字。", "Give a name."),
    "name_long": Problem(_WRONG, "名字最多 {most} 个字。", "A name has at most {most} characters."),
    "name_odd": Problem(
        _WRONG, "名字里有看不见的字符，请重新输入。", "The name holds characters that cannot be seen."
    ),
    "name_taken": Problem(_WRONG, "已经有这个名字的账号。", "There is a user of this name already."),
    "no_rights": Problem(_WRONG, "请至少给一个看板的权限。", "Give the user rights on one board at least."),
    "last_admin": Problem(
        _WRONG,
        "这是最后一个管理全部看板的账号，不能去掉。",
        "This is the last user who manages all boards; somebody has to.",
    ),
    "too_many_users": Problem(_WRONG, "账号太多：最多 {most} 个。", "Too many users: {most} is the limit."),
    "unknown_user": Problem(_GONE, "没有这个账号。", "There is no such user."),
    "unknown_session": Problem(_GONE, "该登录已经结束。", "That session is over already."),
}
