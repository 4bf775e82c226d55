"""A disk of its own for an installation, which a test fills to the last byte."""

from __future__ import annotations

import errno
import os
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

AGAIN = 0.02  # seconds after which what became free meanwhile is taken too


def of_size(megabytes: int) -> Callable:
    """For `installed(disk=…)`: a file system of that size in memory."""

    @contextmanager
    def mounted(folder: Path) -> Iterator[None]:
        folder.mkdir(exist_ok=True)
        run("mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0755", "none", str(folder))
        try:
            yield
        finally:
            run("umount", "--lazy", str(folder))

    return mounted


def can_be_had() -> bool:
    """Whether we may mount one."""
    with tempfile.TemporaryDirectory() as place:
        try:
            with of_size(1)(Path(place)):
                return True
        except (OSError, subprocess.CalledProcessError):
            return False


@contextmanager
def filled(folder: Path) -> Iterator[None]:
    """No room on the folder's disk for as long as this lasts, whatever is freed there meanwhile."""
    ballast, full, over = folder / "ballast", threading.Event(), threading.Event()

    def fill() -> None:
        size = 0
        with ballast.open("wb") as file:
            while not over.wait(AGAIN):
                for piece in (1 << 24, 1 << 20, 1 << 16, 1 << 12):
                    size = _grown(file.fileno(), size, piece)
                full.set()

    filling = threading.Thread(target=fill, daemon=True)
    filling.start()
    try:
        assert full.wait(60)
        yield
    finally:
        over.set()
        filling.join()
        ballast.unlink()


def _grown(handle: int, size: int, piece: int) -> int:
    """Grow the file by pieces for as long as the disk takes them; its new size."""
    while True:
        try:
            os.posix_fallocate(handle, size, piece)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            return size
        size += piece


def run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
