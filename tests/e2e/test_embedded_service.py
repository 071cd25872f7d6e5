"""``baywarden run --demo`` as a newcomer starts it: everything is seen by the doors, within a minute, and ends at once."""

import re
import socket
from pathlib import Path

import httpx
import pytest

from tests.support.embedded import Embedded

pytestmark = pytest.mark.long

KINDS = {"unplugged", "idle", "overstaying"}


@pytest.mark.timeout(240)
def test_a_newcomer_sees_all_of_it_and_the_next_start_goes_on(tmp_path: Path) -> None:
    service = Embedded(tmp_path)
    with service.running():
        token = service.report_token()
        service.wait_for(lambda: service.kinds_running() >= KINDS, 60, "all three kinds of violation, by the API")
        service.wait_for(lambda: "SMS to +1" in service.output(), 20, "an SMS on the console")
        page = re.findall(r"QR code opens it: (\S+)", service.output())[-1]
        assert "Demo Market Square" in httpx.get(page, timeout=10, trust_env=False).text
        assert all(violation["synthetic"] for violation in service.curl()["data"])
        with service.logged_in() as browser:
            assert "Demo Market Square" in browser.get("/").text
            assert "Demo" in browser.get("/outbox").text
        stood = service.violation_ids()
    assert service.took_to_stop < 10
    with service.running():
        assert service.report_token() == token
        assert stood <= service.violation_ids()
        service.wait_for(lambda: service.violation_ids() > stood, 60, "new violations after the restart")
    assert service.took_to_stop < 10
    assert "Traceback" not in service.output(), service.output()


def test_a_port_that_is_taken_is_said_in_a_sentence(tmp_path: Path) -> None:
    service = Embedded(tmp_path)
    with socket.create_server(("127.0.0.1", service.web_port)):
        code, words = service.run_to_end()
    assert code == 1
    assert words.startswith("baywarden: Port ") and "is taken" in words and words.count("\n") == 1


def test_a_wrong_setting_is_said_in_a_sentence(tmp_path: Path) -> None:
    code, words = Embedded(tmp_path).run_to_end(BAYWARDEN_WEB_WORKERS="many")
    assert code == 2
    assert words == "baywarden: BAYWARDEN_WEB_WORKERS = 'many' is not a whole number from 1 to 64.\n"
