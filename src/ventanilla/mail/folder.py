"""A folder in place of an outgoing server: what would be sent lies there to be looked at.

For demonstrations and development. Mails become files that any mail program opens.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

from ventanilla.lib import clock
from ventanilla.mail.conversation import Server, Unavailable, Verdict

SECURITY = "folder"  # marks a `Server` whose host is a path


def server(path: str, helo: str) -> Server:
    return Server(host=path, port=0, security=SECURITY, sign_in="none", helo=helo)


class Folder:
    """Takes every mail, as a `Conversation` with a server would."""

    def __init__(self, server: Server):
        """Raises Unavailable when the folder can't be had."""
        self.server = server
        self._path = Path(server.host)
        try:
            self._path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise Unavailable("connect", str(error), error) from error

    def deliver(
        self,
        senders: Sequence[str],
        recipients: Sequence[str],
        content: bytes,
        *,
        before_content: Callable[[], object] = lambda: None,
    ) -> Verdict:
        """Write one mail. Raises Unavailable."""
        before_content()
        name = f"{clock.now():%Y%m%d-%H%M%S}-{hashlib.sha256(content).hexdigest()[:8]}"
        try:
            whole = self._path / f"{name}.part"
            whole.write_bytes(content)
            whole.replace(whole.with_suffix(".eml"))
        except OSError as error:
            raise Unavailable("content", str(error), error) from error
        return Verdict(accepted=list(recipients))

    def close(self) -> None:
        """Nothing is held open."""
