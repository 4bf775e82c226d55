"""The live test of an outgoing server says, step by step, what is wrong and what to do."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.utils import translation

from tests.mail.outgoing.sink import free_port, scripted, sink, tls_sink
from ventanilla.lib.env import BadSetting
from ventanilla.mail import smtp
from ventanilla.mail.conversation import Conversation, Unavailable
from ventanilla.mail.models import MailAccount
from ventanilla.tickets.models import Inbox

pytestmark = pytest.mark.servers


@pytest.fixture(autouse=True)
def _in_english(settings):
    settings.SMTP_URL = settings.MAIL_FOLDER = ""
    with translation.override("en"):
        yield


@pytest.fixture
def certificate(tmp_path):
    """Make a self-signed certificate for a name; returns its files."""

    def make(name: str, *, days: int = 2):
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        now = datetime.now(UTC)
        built = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=3))
            .not_valid_after(now + timedelta(days=days))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        chain, private = tmp_path / f"{name}.pem", tmp_path / f"{name}.key"
        chain.write_bytes(built.public_bytes(serialization.Encoding.PEM))
        private.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return str(chain), str(private)

    return make


def account(port: int, **fields) -> MailAccount:
    defaults = {
        "inbox": Inbox(name="Hola", address="hola@casaolmo.example"),
        "smtp_host": "localhost",
        "smtp_port": port,
        "smtp_security": "none",
        "smtp_sign_in": "none",
    }
    return MailAccount(**defaults | fields)


def outcome(one: MailAccount, **options) -> tuple[list[tuple[str, bool]], str]:
    steps = smtp.check(one, **options)
    assert [step.ok for step in steps[:-1]] == [True] * (len(steps) - 1)
    return [(step.name, step.ok) for step in steps], steps[-1].message


def test_all_steps_of_a_server_that_works(certificate, monkeypatch):
    files = certificate("localhost")
    monkeypatch.setenv("SSL_CERT_FILE", files[0])
    with tls_sink(files) as box:
        steps, message = outcome(account(box.port, smtp_security="tls"), recipient="ana@x.example")

    names = ["Connection", "Encryption", "Sign-in", "Sender", "Recipient"]
    assert steps == [(name, True) for name in names]
    assert message == "Takes mail for ana@x.example."
    assert box.mails == []  # nothing was sent


def test_starttls_with_a_password(certificate, monkeypatch):
    files = certificate("localhost")
    monkeypatch.setenv("SSL_CERT_FILE", files[0])
    with tls_sink(files, starttls=True) as box:
        steps, _ = outcome(account(box.port, smtp_security="starttls"))

    assert steps[-1] == ("Recipient", True)


def test_a_host_that_is_not_there():
    steps, message = outcome(account(25, smtp_host="smtp.casaolmo.invalid"))

    assert steps == [("Connection", False)]
    assert "smtp.casaolmo.invalid" in message


def test_a_closed_port():
    steps, message = outcome(account(port := free_port()))

    assert steps == [("Connection", False)]
    assert message == (
        f"localhost refuses connections on port {port}. Check the port: 465 for TLS, "
        "587 for STARTTLS."
    )


def test_plain_text_to_a_server_that_expects_tls(certificate, monkeypatch):
    monkeypatch.setattr(smtp, "TEST_TIMEOUT", timedelta(seconds=0.3))  # it waits for us, we for it
    with tls_sink(certificate("localhost")) as box:
        steps, message = outcome(account(box.port))

    assert steps == [("Connection", False)]
    assert "may expect TLS" in message


def test_tls_to_a_server_that_speaks_plain_text():
    with sink() as box:
        steps, message = outcome(account(box.port, smtp_security="tls"))

    assert [name for name, _ok in steps] == ["Connection", "Encryption"]
    assert "Choose STARTTLS" in message


def test_starttls_that_is_not_offered():
    with sink() as box:
        steps, message = outcome(account(box.port, smtp_security="starttls"))

    assert steps[-1] == ("Encryption", False)
    assert "offers no STARTTLS" in message


@pytest.mark.parametrize(
    ("name", "days", "known", "says"),
    [
        ("localhost", 2, False, "authority that this machine does not know"),
        ("other.example", 2, True, "belongs to another name"),
        ("localhost", -1, True, "out of date"),
    ],
)
def test_a_bad_certificate_is_never_accepted(certificate, monkeypatch, name, days, known, says):
    files = certificate(name, days=days)
    if known:
        monkeypatch.setenv("SSL_CERT_FILE", files[0])
    with tls_sink(files) as box:
        steps, message = outcome(account(box.port, smtp_security="tls"))

    assert steps[-1] == ("Encryption", False)
    assert says in message


def test_a_wrong_password():
    with sink(users={"hola": "right"}) as box:
        one = account(box.port, smtp_sign_in="password", smtp_user="hola", smtp_password="wróng")
        steps, message = outcome(one)

    assert steps[-1] == ("Sign-in", False)
    assert "did not accept the user or the password of hola" in message
    assert "app password" in message
    assert "wróng" not in message


def test_a_password_in_letters_of_the_world():
    with sink(users={"hola": "contraseña"}) as box:
        one = account(
            box.port, smtp_sign_in="password", smtp_user="hola", smtp_password="contraseña"
        )
        steps, _ = outcome(one)

    assert steps[-1] == ("Recipient", True)


def test_no_password_where_one_is_wanted():
    with sink(users={"hola": "right"}) as box:
        steps, message = outcome(account(box.port))

    assert steps[-1] == ("Sign-in", False)
    assert "wants a sign-in" in message


def test_a_password_where_none_is_taken():
    with sink() as box:
        one = account(box.port, smtp_sign_in="password", smtp_user="hola", smtp_password="x")
        steps, message = outcome(one)

    assert steps[-1] == ("Sign-in", False)
    assert "takes no sign-in" in message


def test_a_password_never_travels_in_the_clear_to_another_machine():  # R47
    with sink(users={"hola": "right"}) as box:
        one = account(box.port, smtp_sign_in="password", smtp_user="hola", smtp_password="right")
        one.smtp_host = "0.0.0.0"  # this machine, by a name that is not loopback's
        steps, message = outcome(one)

    assert steps[-1] == ("Sign-in", False)
    assert "Choose TLS or STARTTLS" in message


def test_a_sender_or_recipient_that_is_refused():
    with sink() as box:
        box.rcpt["ana@x.example"] = "554 relay access denied"
        steps, message = outcome(account(box.port), recipient="ana@x.example")
        assert steps[-1] == ("Recipient", False)
        assert "relay access denied" in message

        box.mail_from["hola@casaolmo.example"] = "553 not yours"
        steps, message = outcome(account(box.port), recipient="ana@x.example")
        assert steps[-1] == ("Sender", False)
        assert "not yours" in message


def test_an_access_token_signs_in_and_a_stale_one_says_so():
    said = []

    def server(connection):
        lines = connection.makefile("rb")
        connection.sendall(b"220 hello\r\n")
        for line in lines:
            said.append(line)
            if line.startswith(b"ehlo"):
                connection.sendall(b"250-hello\r\n250 AUTH XOAUTH2\r\n")
            elif line.startswith(b"AUTH"):
                connection.sendall(b"334 eyJzdGF0dXMiOiI0MDEifQ==\r\n")
            elif line == b"\r\n":
                connection.sendall(b"535 5.7.8 not accepted\r\n")
            else:
                connection.sendall(b"250 ok\r\n")

    with scripted(server) as port:
        found = smtp.server_of(account(port, smtp_sign_in="oauth2", smtp_user="hola@x.example"))
        with pytest.raises(Unavailable, match='"status":"401"') as refused:
            Conversation(replace(found, token=lambda: "tok"), 10)

    assert refused.value.stage == "sign_in"
    assert b"AUTH XOAUTH2 dXNlcj1ob2xhQHguZXhhbXBsZQFhdXRoPUJlYXJlciB0b2sBAQ==\r\n" in said


def test_no_server_at_all():
    steps, message = outcome(MailAccount(inbox=Inbox(address="hola@casaolmo.example")))

    assert steps == [("Server", False)]
    assert "No outgoing server" in message


def test_the_desks_server_is_read_from_an_address(settings):
    settings.MAIL_FROM = "desk@casaolmo.example"

    server = smtp.from_url("smtp+starttls://ana%40x:p%40ss@mail.example")

    assert (server.host, server.port, server.security) == ("mail.example", 587, "starttls")
    assert (server.sign_in, server.user, server.password) == ("password", "ana@x", "p@ss")
    assert smtp.from_url("smtps://mail.example").port == 465
    assert smtp.from_url("smtp://127.0.0.1:2525").sign_in == "none"
    assert "p@ss" not in repr(server)  # R47
    with pytest.raises(BadSetting):
        smtp.from_url("smtps://mail.example:99999")
