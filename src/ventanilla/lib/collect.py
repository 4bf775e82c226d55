"""Static files, collected into the home: once for each set of them, not at each start."""

import fcntl
import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command


def collect() -> bool:
    """Collect, hash and compress the static files if any has changed; return whether one had."""
    root = Path(settings.STATIC_ROOT)
    root.mkdir(mode=0o755, parents=True, exist_ok=True)
    mark = root / ".collected"
    with (root / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = _fingerprint()
        if mark.exists() and mark.read_text(encoding="ascii") == wanted:
            return False
        call_command("collectstatic", interactive=False, verbosity=0)
        mark.write_text(wanted, encoding="ascii")
    return True


def _fingerprint() -> str:
    """Return a digest of every static file's name, size and time, and of how they are stored."""
    parts = [str(settings.STORAGES["staticfiles"])]
    for finder in get_finders():
        for path, storage in finder.list([]):
            found = Path(storage.path(path)).stat()
            parts.append(f"{path} {found.st_size} {found.st_mtime_ns}")
    return hashlib.sha256("\n".join(sorted(parts)).encode()).hexdigest()
