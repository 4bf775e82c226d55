"""OAuth2 for mailboxes: an access token from the refresh token, kept until it expires."""

from __future__ import annotations

import hashlib
import json
import threading
import urllib.error
import urllib.parse
import urllib.request
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from ventanilla.lib import clock
from ventanilla.lib.problems import Problem
from ventanilla.mail.models import MailAccount

TIMEOUT = 20  # seconds
LONGEST_ANSWER = 64 * 1024  # bytes
EARLY = timedelta(minutes=2)  # before a token expires, a new one is asked for
SHORTEST = timedelta(minutes=5)  # when the provider doesn't say how long it holds

_lock = threading.Lock()
_tokens: dict[int, tuple[str, str, datetime]] = {}  # inbox -> (settings' digest, token, until)


class NoToken(Problem):
    """The provider gives no access token. The message says why and what to do."""

    code = "no_oauth_token"


def access_token(account: MailAccount) -> str:
    """A token that signs in now; asks the provider when the last one is old. Raises NoToken.

    A new refresh token that the provider hands out replaces the old one at once.
    """
    now, settings = clock.now(), _digest(account)
    with _lock:
        known, token, until = _tokens.get(account.pk, ("", "", now))
    if known == settings and now < until:
        return token
    answer = _ask(account)
    token = str(answer["access_token"])
    lasts = max(timedelta(seconds=_seconds(answer)), SHORTEST) - EARLY
    _keep_refresh_token(account, answer.get("refresh_token"))
    with _lock:
        _tokens[account.pk] = (_digest(account), token, now + lasts)
    return token


def forget(account: MailAccount) -> None:
    """Ask for a new token next time: the server did not take this one."""
    with _lock:
        _tokens.pop(account.pk, None)


def _digest(account: MailAccount) -> str:
    """Names the settings that a token was got with, without holding a secret."""
    parts = (
        account.oauth_token_url, account.oauth_client_id, account.oauth_client_secret,
        account.oauth_refresh_token,
    )  # fmt: skip
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()


def _ask(account: MailAccount) -> dict[str, Any]:
    url = account.oauth_token_url
    if urllib.parse.urlsplit(url).scheme != "https":
        raise NoToken(_("The token address must begin with https://."))
    form = {
        "grant_type": "refresh_token",
        "refresh_token": account.oauth_refresh_token,
        "client_id": account.oauth_client_id,
    }
    if account.oauth_client_secret:
        form["client_secret"] = account.oauth_client_secret
    asked = urllib.request.Request(  # noqa: S310 (https, checked above)
        url, urllib.parse.urlencode(form).encode(), {"Accept": "application/json"}
    )
    return _read(_opener(), asked)


def _read(opener: urllib.request.OpenerDirector, asked: urllib.request.Request) -> dict[str, Any]:
    host = urllib.parse.urlsplit(asked.full_url).hostname
    try:
        with opener.open(asked, timeout=TIMEOUT) as response:
            answer = _values(response.read(LONGEST_ANSWER))
    except urllib.error.HTTPError as error:
        with error:
            said = _values(error.read(LONGEST_ANSWER))
        words = said.get("error_description") or said.get("error") or f"HTTP {error.code}"
        raise NoToken(
            _("%(host)s gives no access token: %(words)s. Authorise the account again.")
            % {"host": host, "words": str(words).partition("\n")[0][:300].rstrip(". ")}
        ) from error
    except OSError as error:
        reason = getattr(error, "reason", error)
        raise NoToken(
            _("%(host)s, which gives access tokens, can't be reached: %(words)s")
            % {"host": host, "words": reason}
        ) from error
    if not answer.get("access_token"):
        raise NoToken(_("%(host)s answered without an access token.") % {"host": host})
    return answer


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A secret goes to the address that was set up, and to no other."""

    def redirect_request(self, *_unused: Any, **_more: Any) -> None:
        return None


def _opener() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(_NoRedirect)


def _values(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _seconds(answer: dict[str, Any]) -> int:
    try:
        return max(0, min(int(answer.get("expires_in") or 0), 24 * 3600))
    except (TypeError, ValueError):
        return 0


def _keep_refresh_token(account: MailAccount, new: Any) -> None:
    if isinstance(new, str) and new and new != account.oauth_refresh_token:
        account.oauth_refresh_token = new
        if account.pk and MailAccount.objects.filter(pk=account.pk).exists():
            account.save(update_fields=["oauth_refresh_token"])
