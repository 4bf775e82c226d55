"""A real IMAP server: Dovecot, with a mailbox for every name and one password for all."""

from __future__ import annotations

import contextlib
import getpass
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime
from itertools import count
from pathlib import Path

from tests.installation import PATIENCE, free_port
from tests.needs import program
from tests.throwaway import scratch

PASSWORD = "llave-de-prueba"
NOBODY = 65534  # as root mail belongs to nobody: Dovecot serves none of root's

CONFIGURATION = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/log
ssl = no
disable_plaintext_auth = no
default_internal_user = {us}
default_internal_group = {group}
default_login_user = {login}
mail_location = maildir:{folder}/mail/%u
mail_max_userip_connections = 50
first_valid_uid = 1
first_valid_gid = 1
auth_failure_delay = 1 s
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
namespace inbox {{
  inbox = yes
}}
"""


class Dovecot:
    """A running server. `deliver` puts a mail into somebody's folder, as an MTA would."""

    def __init__(self, folder: Path):
        self.folder, self.port = folder, free_port()
        self._numbers = count(1)
        root = os.geteuid() == 0
        self.uid, self.gid = (NOBODY, NOBODY) if root else (os.getuid(), os.getgid())
        text = CONFIGURATION.format(
            folder=folder,
            us=getpass.getuser(),
            group="root" if root else _group(),
            login="dovenull" if root else getpass.getuser(),
            password=PASSWORD,
            uid=self.uid,
            gid=self.gid,
            port=self.port,
        )
        (folder / "mail").mkdir()
        os.chown(folder / "mail", self.uid, self.gid)
        (folder / "dovecot.conf").write_text(text)

    def start(self) -> None:
        self.process = subprocess.Popen(
            [program("dovecot"), "-F", "-c", str(self.folder / "dovecot.conf")]
        )
        end = time.monotonic() + PATIENCE
        while not self._answers():
            assert time.monotonic() < end, (self.folder / "log").read_text()
            time.sleep(0.05)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(PATIENCE)

    def deliver(
        self, raw: bytes, user: str, *, folder: str = "INBOX", at: datetime | None = None
    ) -> Path:
        """Put one mail there; `at` is when the server says that it came."""
        box = self.mailbox(user, folder)
        name = f"{int(time.time())}.{next(self._numbers):06}.journey"
        written = box / "tmp" / name
        written.write_bytes(raw)
        os.chown(written, self.uid, self.gid)
        if at is not None:
            os.utime(written, (at.timestamp(), at.timestamp()))
        return written.rename(box / "new" / name)

    def mailbox(self, user: str, folder: str = "INBOX") -> Path:
        box = self.folder / "mail" / user
        if folder != "INBOX":
            box /= f".{folder}"
        if not (box / "new").exists():
            for part in (self.folder / "mail" / user, box, box / "cur", box / "tmp", box / "new"):
                part.mkdir(exist_ok=True)
                os.chown(part, self.uid, self.gid)
        return box

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=5) as talk:
                return talk.recv(20).startswith(b"* OK")
        except OSError:
            return False


@contextlib.contextmanager
def dovecot() -> Iterator[Dovecot]:
    """Yield a running server; needs Debian's dovecot-imapd."""
    program("dovecot")
    folder = Path(tempfile.mkdtemp(prefix="vt-imap-", dir=scratch()))
    folder.chmod(0o755)
    server = Dovecot(folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)


def _group() -> str:
    import grp

    return grp.getgrgid(os.getgid()).gr_name
