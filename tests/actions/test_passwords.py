"""Passwords: long rather than odd, kept so that guessing costs, and the same from every keyboard."""

import pytest

from trafficlight.actions import passwords
from trafficlight.actions.passwords import LEAST, MOST, NOBODYS, check_password, digest_of, fits
from trafficlight.domain.errors import Refused


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("", "password_short"),
        ("a" * (LEAST - 1), "password_short"),
        ("abcdefgh" * MOST, "password_long"),
        ("aaaaaaaaaaaa", "password_weak"),
        ("1212121212", "password_weak"),
        ("1234567890", "password_weak"),
        ("PassWord123", "password_weak"),
        ("WangXiaofang", "password_weak"),
        ("wangxiaofang2022!", "password_weak"),
    ],
)
def test_a_password_that_is_tried_first_is_refused(password: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        check_password(password, "wangxiaofang")
    assert refused.value.code == code
    assert password not in repr(refused.value) or not password


@pytest.mark.parametrize("password", ["correct horse", "龙口下雪了吗我不知道", "a" * 6 + "bcde"])
def test_any_words_will_do(password: str) -> None:
    assert check_password(password, "王芳") == password


def test_what_is_kept_is_argon2id_with_a_salt_of_its_own_and_fits_one_password() -> None:
    digest = digest_of("correct horse")
    assert digest.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert digest != digest_of("correct horse")
    assert fits(digest, "ｃｏｒｒｅｃｔ horse")
    assert not fits(digest, "correct hors")
    assert not fits("no digest", "correct horse")


def test_nobodys_digest_costs_what_everybodys_does_and_fits_nothing() -> None:
    assert not passwords._hasher.check_needs_rehash(NOBODYS)  # noqa: SLF001 - the cost is what is compared
    assert not fits("", "x")
    assert not fits("", "correct horse")
