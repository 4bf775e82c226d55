"""What runs on this machine, seen from a test."""

import subprocess
from pathlib import Path

PROC = Path("/proc")


def commands() -> dict[int, str]:
    """Return the command line of every process that has not ended, by its id."""
    if not (PROC / "self/cmdline").exists():
        shown = subprocess.check_output(["ps", "-axo", "pid=,stat=,command="], text=True)
        rows = (line.split(None, 2) for line in shown.splitlines())
        return {int(row[0]): row[2] for row in rows if len(row) == 3 and row[1][0] != "Z"}
    found = {}
    for folder in PROC.glob("[0-9]*"):
        if text := _read(folder / "cmdline"):  # empty for what has ended and waits to be reaped
            found[int(folder.name)] = text.replace("\0", " ").strip()
    return found


def environment(pid: int) -> str:
    """Return a process's environment, where the system shows it."""
    return _read(PROC / str(pid) / "environ")


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
