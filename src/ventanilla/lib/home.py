"""The folder where everything of one installation lives: database, files, secrets, log.

HOME/postgres/   the embedded database (only when DATABASE_URL is unset)
HOME/files/      raw mail and attachments, by digest
HOME/secrets/    keys, 0600
HOME/owner.lock  held by the one process that runs the embedded database
"""

import contextlib
import fcntl
import hashlib
import os
import pwd
import re
import secrets
import socket
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from ventanilla.lib import env
from ventanilla.lib.terminal import gettext as _

SOCKET_LIMIT = 107 - len("/.s.PGSQL.5432.lock")  # bytes that a socket's folder may have
PLAIN = re.compile(r"[A-Za-z0-9/._ +@-]+")
ROLE = DATABASE = "ventanilla"


class HomeProblem(Exception):
    """The folder can't be used as it is. The message says why and what to do."""


class HomeInUse(HomeProblem):
    """Another process owns this home now."""


def path() -> Path:
    """Return the home: VENTANILLA_HOME, else the place that the system has for such things."""
    chosen = env.text("VENTANILLA_HOME")
    if chosen:
        return Path(chosen).expanduser().absolute()
    if os.geteuid() == 0:
        return Path("/var/lib/ventanilla")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "Ventanilla"
    base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "ventanilla"


def prepare(home: Path) -> None:
    """Make the home and its key, closed to others. Raises HomeProblem with one sentence.

    Root does not work in another user's home: that user could not read what root leaves there.
    """
    try:
        _refuse_somebody_else_s(home / "secrets")
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        if home.stat().st_uid == os.geteuid() or os.geteuid() == 0:
            home.chmod(0o700)
        for name in ("files", "secrets"):
            (home / name).mkdir(mode=0o700, exist_ok=True)
        _make_key(home / "secrets" / "session.key")
    except (NotADirectoryError, FileExistsError) as error:
        raise HomeProblem(
            _("%(file)s is a file, but a folder is needed there.") % {"file": error.filename}
        ) from error
    except OSError as error:
        raise HomeProblem(
            _(
                "The folder %(home)s can't be used: %(reason)s (%(file)s). "
                "Choose another one with --home or VENTANILLA_HOME."
            )
            % {"home": home, "reason": error.strerror, "file": error.filename}
        ) from error


def secret_key(home: Path) -> str:
    """Return the key that signs sessions: VENTANILLA_SECRET_KEY or the home's own.

    Before `prepare` has made one (a type checker that loads the settings), a key for this process.
    """
    given = env.text("VENTANILLA_SECRET_KEY")
    if given:
        return given
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        return (home / "secrets" / "session.key").read_text(encoding="ascii").strip()
    return secrets.token_urlsafe(48)


def database(home: Path) -> dict[str, Any]:
    """Return Django's entry for DATABASE_URL, else for the database inside the home.

    Every connection says which machine it comes from (`doctor` counts them), gives up soon on a
    server that does not answer, and prepares what it asks for the third time: planning was half
    of the database's work (docs/decisions/0008).
    """
    entry = env.database("DATABASE_URL") or {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": DATABASE,
        "USER": ROLE,
        "HOST": str(socket_folder(home)),
        "OPTIONS": {},
    }
    ours = {
        "application_name": f"ventanilla@{socket.gethostname()}",
        "connect_timeout": 5,
        "server_side_binding": True,
        "prepare_threshold": 2,
    }
    return entry | {"OPTIONS": ours | entry["OPTIONS"]}


def socket_folder(home: Path) -> Path:
    """Return the folder of the database's socket: always the same one for the same home.

    Inside the home when its path is short and plain enough for a socket's address (a comma would
    part it in two), else one in /tmp.
    """
    inside = home / "run"
    if len(os.fsencode(inside)) <= SOCKET_LIMIT and PLAIN.fullmatch(str(inside)):
        return inside
    digest = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
    return Path("/tmp") / f"ventanilla-{digest}"  # noqa: S108 (its owner and mode are checked)


def make_private(folder: Path, *, owner: int | None = None) -> None:
    """Make a folder that only `owner` may enter. Raises HomeProblem if it is somebody else's."""
    owner = os.geteuid() if owner is None else owner
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        if owner != os.geteuid():
            os.chown(folder, owner, -1)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {owner, os.geteuid()}:
        raise HomeProblem(
            _("%(folder)s belongs to somebody else. Remove it, then start again.")
            % {"folder": folder}
        )
    if os.geteuid() == 0 and found.st_uid != owner:
        os.chown(folder, owner, -1)
    folder.chmod(0o700)


@contextlib.contextmanager
def owned(home: Path, purpose: str) -> Iterator[bool]:
    """Hold the home for this process alone.

    Yields whether the owner before was killed: what it started may take a moment to end.
    Raises HomeInUse, which names the other one.
    """
    descriptor = os.open(home / "owner.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "r+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise HomeInUse(
                _("%(home)s is in use by %(owner)s. Stop that first, or choose another --home.")
                % {"home": home, "owner": lock.read().strip() or _("another process")}
            ) from error
        was_killed = bool(lock.read())
        _note(lock, f"{purpose}, process {os.getpid()}")
        try:
            yield was_killed
        finally:
            _note(lock, "")


def _refuse_somebody_else_s(secrets_folder: Path) -> None:
    """The folder of the secrets belongs to whom the installation belongs."""
    if not secrets_folder.exists() or (owner := secrets_folder.stat().st_uid) == os.geteuid():
        return
    try:
        name = pwd.getpwuid(owner).pw_name
    except KeyError:
        name = f"#{owner}"
    raise HomeProblem(
        _("%(home)s belongs to %(user)s. Do this as that user: sudo -u %(user)s ...")
        % {"home": secrets_folder.parent, "user": name}
    )


def _note(file: TextIO, text: str) -> None:
    file.seek(0)
    file.truncate()
    file.write(text)
    file.flush()


def _make_key(file: Path) -> None:
    with contextlib.suppress(FileExistsError):
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as out:
            out.write(secrets.token_urlsafe(48) + "\n")
            out.flush()
            os.fsync(out.fileno())
