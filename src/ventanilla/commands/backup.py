"""ventanilla backup | restore | check: a copy of everything, bringing it back, and looking."""

import os
import shutil
import sys
from pathlib import Path
from tempfile import NamedTemporaryFile

from ventanilla.lib.terminal import gettext as _


def register(groups) -> None:
    backup = groups.add_parser("backup", help=_("copy database, files and keys into one file"))
    backup.add_argument(
        "file", nargs="?", metavar=_("FILE"), help=_("a new file; - for standard output")
    )
    backup.add_argument(
        "--without-secrets",
        action="store_true",
        help=_("leave out the keys: without them, mail passwords must be entered again"),
    )
    backup.set_defaults(run=run_backup)
    restore = groups.add_parser("restore", help=_("bring a backup back, into an empty place"))
    restore.add_argument("file", metavar=_("FILE"), help=_("the backup; - for standard input"))
    restore.set_defaults(run=run_restore)
    check = groups.add_parser("check", help=_("look for anything in the data that should not be"))
    check.set_defaults(run=run_check)


def run_backup(chosen) -> int:
    from ventanilla.commands import installation

    with installation("ventanilla backup"):
        from ventanilla.lib.backup import Writer

        if chosen.file == "-":
            writer = Writer(sys.stdout.buffer)
            manifest = writer.write(secrets=not chosen.without_secrets)
            sys.stdout.buffer.flush()
        else:
            writer, manifest = _write_file(_target(chosen.file), secrets=not chosen.without_secrets)
    _say(_("%(files)d files, SHA-256 %(digest)s"), files=manifest.files, digest=writer.digest)
    for digest in manifest.damaged:
        _say(
            _("The file %(digest)s is damaged in storage and is not in the backup."), digest=digest
        )
    return 1 if manifest.damaged else 0


def run_restore(chosen) -> int:
    from ventanilla.commands import set_up_django
    from ventanilla.lib import home
    from ventanilla.lib.embedded import running_database

    home.prepare(home.path())
    set_up_django()
    with NamedTemporaryFile(dir=home.path(), prefix="restore-") as spool:
        backup = Path(chosen.file)
        if chosen.file == "-":
            shutil.copyfileobj(sys.stdin.buffer, spool)
            spool.flush()
            backup = Path(spool.name)
        from ventanilla.lib import restore

        verified = restore.verify(backup)
        with running_database(home.path(), "ventanilla restore"):
            restore.restore(backup, verified=verified)
    manifest = verified[0]
    _say(
        _("Restored the backup of %(time)s with %(files)d files."),
        time=manifest.made_at,
        files=manifest.files,
    )
    if manifest.keyring is None:
        _say(_("The backup holds no keys: sealed secrets need those of the old installation."))
    return 0


def run_check(_chosen) -> int:
    from ventanilla.commands import installation

    found = 0
    with installation("ventanilla check"):
        from ventanilla.lib import invariants

        for violation in invariants.violations():
            found += 1
            print(f"{violation.invariant}: {violation.what}")
        print(_("%(count)d checks, %(found)d findings.") % {
            "count": len(invariants.CHECKS), "found": found,
        })  # fmt: skip
    return 1 if found else 0


def _target(name: str | None) -> Path:
    from ventanilla.lib import clock
    from ventanilla.lib.home import HomeProblem

    target = Path(name or f"ventanilla-{clock.now():%Y-%m-%d-%H%M%S}.tar")
    if target.exists():
        raise HomeProblem(_("%(file)s exists already. Choose another name.") % {"file": target})
    return target


def _write_file(target: Path, *, secrets: bool):
    """Write the backup under its name only once it is whole and on the disk."""
    from ventanilla.lib.backup import Writer
    from ventanilla.lib.home import HomeProblem

    partial = target.with_name(f".{target.name}.partial")
    try:
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    except OSError as error:
        raise HomeProblem(
            _("%(file)s can't be written: %(reason)s.") % {"file": target, "reason": error.strerror}
        ) from error
    try:
        with os.fdopen(handle, "wb") as out:
            writer = Writer(out)
            manifest = writer.write(secrets=secrets)
            out.flush()
            os.fsync(out.fileno())
        partial.rename(target)
    finally:
        partial.unlink(missing_ok=True)
    _say(_("The backup is in %(file)s."), file=target)
    return writer, manifest


def _say(sentence: str, **values: object) -> None:
    """Say it on standard error: standard output may be the backup."""
    print(sentence % values, file=sys.stderr)
