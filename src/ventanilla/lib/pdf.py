"""Pictures of a PDF's pages, made in a process that may be killed.

A stranger's file is read by nobody else: the child has no secrets, five seconds of CPU and 400 MB,
draws one page, and ends.
"""

from __future__ import annotations

import io
import os
import resource
import signal
import subprocess
import sys
import threading

CPU = 5  # seconds
WALL = 20  # seconds; the machine may be busy
MEMORY = 400 * 1024 * 1024  # bytes beyond what the child has when it begins
LARGEST = 25_000_000  # bytes of a file that is read
WIDTH, HEIGHT = 1100, 1600  # pixels of a page, at most
MOST_ANSWER = 20_000_000  # bytes
AT_ONCE = threading.BoundedSemaphore(2)  # children of one process: pages are drawn in turn


class NoPages(ValueError):
    """The bytes are no PDF, the page is not there, or it took more than it may."""


def count(data: bytes) -> int:
    """How many pages it has. Raises NoPages."""
    answer = _ask(data, "count")
    if not answer.isdigit():
        raise NoPages
    return int(answer)


def page(data: bytes, number: int) -> bytes:
    """A page as a PNG, the first is 0. Raises NoPages."""
    return _ask(data, str(number))


def _ask(data: bytes, what: str) -> bytes:
    if len(data) > LARGEST:
        raise NoPages("too large")
    command = [sys.executable, "-P", "-X", "utf8", "-m", "ventanilla.lib.pdf", what]
    try:
        with AT_ONCE:
            done = subprocess.run(  # noqa: S603 - our own module
                command,
                input=data,
                capture_output=True,
                timeout=WALL,
                env=bare_environment(),
                check=False,
            )
    except subprocess.TimeoutExpired:
        raise NoPages("took too long") from None
    if done.returncode != 0 or not 0 < len(done.stdout) <= MOST_ANSWER:
        raise NoPages(f"the reader ended with {done.returncode}")
    return done.stdout


def bare_environment() -> dict[str, str]:
    """No secrets for a process that reads strangers' bytes."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
    return kept | {"PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)}


# -- the child ---------------------------------------------------------------------------------
def answer(data: bytes, what: str) -> bytes:
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    if what == "count":
        return str(len(document)).encode()
    number = int(what)
    if not 0 <= number < len(document):
        raise IndexError(number)
    drawn = document[number]
    width, height = drawn.get_size()
    scale = min(WIDTH / max(width, 1), HEIGHT / max(height, 1))
    out = io.BytesIO()
    drawn.render(scale=scale).to_pil().convert("RGB").save(out, "PNG")
    return out.getvalue()


def limit_itself() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU, CPU))
    try:
        with open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123 (no more imports)
            base = int(statm.read().split()[0]) * resource.getpagesize()
    except OSError:
        return  # elsewhere the parent's clock has to do
    resource.setrlimit(resource.RLIMIT_AS, (base + MEMORY, base + MEMORY))


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    given = sys.stdin.buffer.read(LARGEST + 1)
    limit_itself()
    try:
        sys.stdout.buffer.write(answer(given, sys.argv[1]))
    except Exception as error:  # a stranger's file may be wrong in any way; the parent is told
        sys.exit(f"{type(error).__name__}: {error}")
