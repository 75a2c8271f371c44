"""A form that is none is its sender's fault, and never one of the server's."""

from io import StringIO

import pytest

from tests.web.desk.conftest import Office

BOUNDARY = "x9"
HEAD = 'Content-Disposition: form-data; name="a"'


def part(*headers: str, body: str = "1") -> str:
    return "\r\n".join((f"--{BOUNDARY}", *headers, "", body, f"--{BOUNDARY}--", ""))


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(part(HEAD, f"X-Long: {'a' * 9000}"), id="long-header"),
        pytest.param(part(HEAD, "no colon here"), id="no-colon"),
        pytest.param(part(HEAD, *(f"X-{n}: 1" for n in range(300))), id="many-headers"),
        pytest.param(part('Content-Disposition: form-data; name="a\0b"'), id="nul"),
        pytest.param(part('Content-Disposition: form-data; name="_charset_"', body="bogus"), id="charset"),
        pytest.param(part(HEAD, "Content-Type: text/plain; charset=bogus"), id="type"),
        pytest.param(part(HEAD, "Content-Transfer-Encoding: bogus"), id="transfer"),
        pytest.param(part(HEAD, "Content-Encoding: bogus"), id="coding"),
        pytest.param(part(HEAD, "Content-Length: x"), id="length"),
        pytest.param("--other--\r\n", id="boundary"),
        pytest.param("", id="nothing"),
    ],
)
async def test_a_malformed_form_is_its_senders_fault(office: Office, logged: StringIO, body: str) -> None:
    person = await office.hire("王芳", {"*": "admin"})
    answer = await person.client.post(
        "/desk/boards/longkou/sites/import",
        data=body.encode(),
        headers={"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"},
        allow_redirects=False,
    )
    assert answer.status in {400, 403, 413, 415, 422}, (answer.status, await answer.text())
    assert "handler_failed" not in logged.getvalue()
    assert "bytearray" not in await answer.text()
