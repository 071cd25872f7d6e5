"""POSTs to addresses that somebody else named: to where they may go, and over in time whatever the other side does."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ledger.addresses import NotAllowedError, check_url
from notifications import posting
from notifications.posting import post
from notifications.public_addresses import is_public

BODY = b"{}"
Answer = Callable[[socket.socket, threading.Event], None]


@contextmanager
def answering(answer: Answer, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """A receiver of one connection, which ``answer`` has from when the request is there; gives its port."""
    is_over = threading.Event()
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:

        def serve() -> None:
            accepted, _ = listener.accept()
            with accepted if tls is None else tls.wrap_socket(accepted, server_side=True) as connection:
                said = b""
                while not said.endswith(BODY):
                    said += connection.recv(65536)
                answer(connection, is_over)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"127.0.0.1:{listener.getsockname()[1]}"
        is_over.set()
        thread.join()


def saying(text: bytes) -> Answer:
    return lambda connection, _: connection.sendall(text)


def dripping(first: bytes, drop: bytes) -> Answer:
    """It never ends: something each 20 ms, so that no time-out of a single read runs out."""

    def answer(connection: socket.socket, is_over: threading.Event) -> None:
        connection.sendall(first)
        while not is_over.wait(0.02):
            try:
                connection.sendall(drop)
            except OSError:
                return

    return answer


@pytest.mark.parametrize(
    ("first", "drop"),
    [
        (b"", b"H"),
        (b"HTTP/1.1 204 No Content\r\nX-Padding: ", b"x"),
        (b"HTTP/1.1 204 No Content\r\n", b"X-More: 1\r\n"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=["status", "header", "headers", "continue"],
)
def test_an_answer_that_drips_is_given_up(first: bytes, drop: bytes) -> None:
    with answering(dripping(first, drop)) as place, pytest.raises(TimeoutError):
        post(f"http://{place}/", {}, BODY, private=True, patience_s=0.3)


def silent(_: socket.socket, is_over: threading.Event) -> None:
    is_over.wait(20)


def test_who_says_nothing_at_all_is_given_up() -> None:
    with answering(silent) as place, pytest.raises(TimeoutError):
        post(f"http://{place}/", {}, BODY, private=True, patience_s=0.1)


@pytest.mark.parametrize(
    "body",
    [
        b"Content-Length: 10\r\n\r\nabc",
        b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"Content-Length: 99999999\r\n\r\n",
    ],
)
def test_what_was_taken_is_taken_however_its_answer_goes_on(body: bytes) -> None:
    with answering(saying(b"HTTP/1.1 200 OK\r\n" + body)) as place:
        assert post(f"http://{place}/", {}, BODY, private=True) == 200
    with answering(dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", b"x")) as place:
        assert post(f"http://{place}/", {}, BODY, private=True, patience_s=0.2) == 200


def test_all_addresses_of_a_name_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Such as one of a family that leads nowhere from here."""
    with answering(saying(b"HTTP/1.1 204 No Content\r\n\r\n")) as place:
        port = int(place.split(":")[1])
        infos = [(2, 1, 6, "", (address, port)) for address in ("127.0.0.2", "127.0.0.1")]
        with monkeypatch.context() as patch:
            lookup = socket.getaddrinfo
            patch.setattr(socket, "getaddrinfo", lambda h, *a, **k: infos if h == "two.test" else lookup(h, *a, **k))
            assert post(f"http://two.test:{port}/", {}, BODY, private=True) == 204


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://desk.example/a?b=c", b"desk.example"),
        ("https://desk.example:443/a?b=c", b"desk.example"),
        ("https://desk.example:8443/a?b=c", b"desk.example:8443"),
        ("http://desk.example/a?b=c", b"desk.example"),
        ("https://[2606:4700::1111]/a?b=c", b"[2606:4700::1111]"),
    ],
)
def test_a_receiver_is_named_as_browsers_name_it(url: str, host: bytes) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
        timely = posting._Timely(ours, posting._Deadline(5))
        assert posting._exchange(urlsplit(url), timely, {}, BODY) == 204
        said = theirs.recv(65536)
    assert said.startswith(b"POST /a?b=c HTTP/1.1\r\n")
    assert b"\r\nHost: " + host + b"\r\n" in said


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Of 127.0.0.1, by itself."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "desk")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    path = tmp_path / "desk.pem"
    path.write_bytes(pem + made.public_bytes(serialization.Encoding.PEM))
    return path


def test_by_https_to_whom_it_is_and_to_nobody_else(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    theirs.load_cert_chain(certificate)
    trusting = ssl.create_default_context(cafile=str(certificate))
    with monkeypatch.context() as patch, answering(saying(b"HTTP/1.1 204 No Content\r\n\r\n"), theirs) as place:
        patch.setattr(posting, "_tls", lambda: trusting)
        assert post(f"https://{place}/", {}, BODY, private=True) == 204


@pytest.mark.parametrize(
    "url",
    [
        "ftp://a.example/",
        "https://user:pw@a.example/",
        "https:///x",
        "https://a.example/#x",
        "https://a.example:99999/",
    ],
)
def test_addresses_that_are_none(url: str) -> None:
    with pytest.raises(NotAllowedError):
        check_url(url, private=True)


def test_without_the_setting_plain_http_goes_nowhere() -> None:
    with pytest.raises(NotAllowedError, match="https"):
        check_url("http://a.example/", private=False)


INSIDE = (
    *("127.0.0.1", "10.1.2.3", "192.168.1.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1"),
    *("255.255.255.255", "::", "::1", "fc00::1", "fe80::1%eth0", "fec0::1", "ff02::1", "2001:db8::1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b::169.254.169.254"),
    *("64:ff9b:1::10.0.0.1", "2002:7f00:1::", "2001:0:7f00:1::", "::ffff:0:10.0.0.1"),
)


@pytest.mark.parametrize("address", INSIDE)
def test_a_name_that_leads_inside_is_not_followed(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    infos = [(2, 1, 6, "", ("93.184.215.14", 443)), (2, 1, 6, "", (address, 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: infos)
    with pytest.raises(NotAllowedError, match="not public"):
        post("https://innocent.example/", {}, b"", private=False)


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "2606:4700::1111", "64:ff9b::93.184.215.14", "::ffff:93.184.215.14"]
)
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(address)
