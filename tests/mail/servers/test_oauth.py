"""Signing in with OAuth2: a token from the provider, taken by a real Dovecot."""

import http.server
import json
import ssl
import threading
import urllib.parse
from datetime import timedelta

import pytest
from django.utils import translation

from tests.factories import MONDAY_9AM, make_inbox
from ventanilla.lib import clock
from ventanilla.mail import oauth
from ventanilla.mail.imap import Mailbox, SignInRefused
from ventanilla.mail.imap_check import check
from ventanilla.mail.models import MailAccount
from ventanilla.mail.oauth import NoToken, access_token

pytestmark = [pytest.mark.servers, pytest.mark.django_db]


class Provider:
    """What an OAuth2 provider answers, and what it was asked."""

    def __init__(self, port=0, tls=None):
        self.asked, self.answer = [], (200, {"access_token": "uno", "expires_in": 3600})
        provider = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                provider.asked.append(dict(urllib.parse.parse_qsl(body)))
                self.say(*provider.answer)

            def do_GET(self):
                known = "token=uno" in self.path
                self.say(200 if known else 401, {"email": "buzon-oauth", "active": known})

            def say(self, code, values):
                body = values if isinstance(values, bytes) else json.dumps(values).encode()
                self.send_response(code)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                if code == 302:
                    self.send_header("Location", "https://elsewhere.example/")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_unused):
                """Nothing on the terminal."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        if tls:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(*tls)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.thread = threading.Thread(target=self.server.serve_forever)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_unused):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def provider(dovecot, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(dovecot.certificate))
    oauth._tokens.clear()
    with Provider(tls=(dovecot.certificate, dovecot.folder / "key.pem")) as found:
        yield found


@pytest.fixture
def account(dovecot, provider):
    port = provider.server.server_address[1]
    return MailAccount.objects.create(
        inbox=make_inbox(),
        imap_host="127.0.0.1",
        imap_port=dovecot.port,
        imap_security="none",
        imap_sign_in="oauth2",
        imap_user="buzon-oauth",
        oauth_token_url=f"https://localhost:{port}/token",
        oauth_client_id="nuestra",
        oauth_client_secret="cliente-secreto",
        oauth_refresh_token="refresco",
    )


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def test_a_token_signs_in_by_xoauth2(account, dovecot):
    with Provider(port=dovecot.oauth_port), Mailbox(account) as box:
        assert box.open("INBOX").uidnext == 1


def test_a_token_that_the_server_refuses_is_asked_for_anew(account, provider, dovecot):
    provider.answer = (200, {"access_token": "falso", "expires_in": 3600})
    with Provider(port=dovecot.oauth_port):
        with pytest.raises(SignInRefused):
            Mailbox(account)
        provider.answer = (200, {"access_token": "uno", "expires_in": 3600})
        Mailbox(account).close()

    assert len(provider.asked) == 2


def test_the_provider_is_asked_with_the_refresh_token_and_only_when_needed(account, provider):
    with clock.frozen(MONDAY_9AM):
        assert [access_token(account), access_token(account)] == ["uno", "uno"]
    with clock.frozen(MONDAY_9AM + timedelta(minutes=59)):
        access_token(account)

    assert len(provider.asked) == 2
    assert provider.asked[0] == {
        "grant_type": "refresh_token",
        "refresh_token": "refresco",
        "client_id": "nuestra",
        "client_secret": "cliente-secreto",
    }


def test_a_new_refresh_token_replaces_the_old_one(account, provider):
    provider.answer = (200, {"access_token": "uno", "refresh_token": "nuevo"})

    access_token(account)

    assert MailAccount.objects.get().oauth_refresh_token == "nuevo"
    access_token(MailAccount.objects.get())
    assert len(provider.asked) == 1


def test_changed_settings_ask_again(account, provider):
    access_token(account)
    account.oauth_client_id = "otra"

    access_token(account)

    assert [asked["client_id"] for asked in provider.asked] == ["nuestra", "otra"]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((400, {"error": "invalid_grant", "error_description": "Token was revoked."}),
         "Token was revoked. Authorise the account again"),
        ((503, b"<html>"), "HTTP 503"),
        ((302, {}), "HTTP 302"),
        ((200, {"nothing": 1}), "without an access token"),
        ((200, b"[]"), "without an access token"),
    ],
)  # fmt: skip
def test_a_provider_that_refuses_is_told_in_words(account, provider, answer, words):
    provider.answer = answer

    with pytest.raises(NoToken) as refused:
        access_token(account)

    assert words in refused.value.message
    assert "secreto" not in refused.value.message
    assert check(account)[-1].message == refused.value.message


def test_without_tls_no_secret_leaves(account, provider):  # R47
    account.oauth_token_url = "http://127.0.0.1:1/token"

    with pytest.raises(NoToken, match="https://"):
        access_token(account)


def test_a_provider_that_is_away_is_told_in_words(account):
    account.oauth_token_url = "https://localhost:1/token"

    with pytest.raises(NoToken, match="localhost, which gives access tokens, can't be reached"):
        access_token(account)
