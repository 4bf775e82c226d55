"""Secrets at rest: each text gets a key of its own, which a key of the keyring encloses.

A sealed text reads `vs1.<key id>.<base64>` and is bound to its form and key id (AES-256-GCM).
Passwords that people sign in with are not sealed but hashed.
"""

import base64
import binascii
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.utils.translation import gettext as _

from ventanilla.lib import keyring
from ventanilla.lib.problems import Problem

_FORM = "vs1"
_NONCE = 12
_ENCLOSED = keyring.KEY_SIZE + 16  # the text's own key with its tag


class CannotUnseal(Problem):
    """The text was sealed with a key that we don't have, or has been altered since."""

    code = "cannot_unseal"


def seal(text: str) -> str:
    """Return `text` sealed with the current key; twice the same text gives two results."""
    key = keyring.ring()[0]
    bound = f"{_FORM}.{key.id}".encode()
    own = AESGCM.generate_key(8 * keyring.KEY_SIZE)
    nonces = os.urandom(2 * _NONCE)
    enclosed = AESGCM(key.value).encrypt(nonces[:_NONCE], own, bound)
    body = AESGCM(own).encrypt(nonces[_NONCE:], text.encode(), bound)
    return f"{_FORM}.{key.id}.{base64.urlsafe_b64encode(nonces + enclosed + body).decode()}"


def unseal(sealed: str) -> str:
    """Return the text. Raises CannotUnseal."""
    parts = sealed.split(".")
    if len(parts) != 3 or parts[0] != _FORM:
        raise CannotUnseal(_("A sealed secret is damaged. Enter it again."))
    _form, key_id, body = parts
    key = next((key for key in keyring.ring() if key.id == key_id), None)
    if key is None:
        raise CannotUnseal(
            _(
                "A secret was sealed with the key %(key)s, which this installation doesn't have. "
                "Bring that key back, or enter the secret again."
            )
            % {"key": key_id}
        )
    try:
        return _opened(key, _decoded(body))
    except (InvalidTag, binascii.Error, ValueError):
        raise CannotUnseal(_("A sealed secret is damaged. Enter it again.")) from None


def reseal(sealed: str) -> str:
    """Return the text sealed with the current key; unchanged if it is already."""
    if sealed.split(".")[1:2] == [keyring.ring()[0].id]:
        return sealed
    return seal(unseal(sealed))


def _decoded(body: str) -> bytes:
    """Read base64 in its canonical form only: else the last letter's spare bits could differ."""
    decoded = base64.b64decode(body, altchars=b"-_", validate=True)
    if base64.urlsafe_b64encode(decoded).decode() != body:
        raise ValueError(body)
    return decoded


def _opened(key: keyring.Key, body: bytes) -> str:
    bound = f"{_FORM}.{key.id}".encode()
    nonces, enclosed = body[: 2 * _NONCE], body[2 * _NONCE : 2 * _NONCE + _ENCLOSED]
    own = AESGCM(key.value).decrypt(nonces[:_NONCE], enclosed, bound)
    rest = body[2 * _NONCE + _ENCLOSED :]
    return AESGCM(own).decrypt(nonces[_NONCE:], rest, bound).decode()
