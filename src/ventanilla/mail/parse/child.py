"""A parser that may be killed: one slim process, used again and again (R7, DECISIONS 26).

Before each mail the child allows itself 2 s of CPU beyond what it has used, and it may take
200 MB beyond what it had when it began. A mail that needs more costs the child its life, and
the parent gets `ParserDied`. The clock on the wall ends what the limits can't (macOS).
"""

import fcntl
import os
import resource
import select
import signal
import subprocess
import sys
import threading
import time
from math import ceil
from pathlib import Path
from typing import BinaryIO

from ventanilla.mail.parse import frames
from ventanilla.mail.parse.limits import MESSAGE
from ventanilla.mail.parse.model import Parsed

CPU = 2  # seconds for one mail
WALL = 20.0  # seconds; generous, the machine may be busy
HEADROOM = 200 * 1024 * 1024  # bytes of memory beyond the child's own
ANSWER = 4 * MESSAGE  # bytes; more can't come from one mail
PIPE = 1024 * 1024
BLOCK = 1024 * 1024
ALLOCATOR = {
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": "262144",
    "MALLOC_TRIM_THRESHOLD_": "1048576",
}
WORTH_ANOTHER_TRY = {"memory", "killed", "crash"}
REASONS: dict[int, str] = {
    signal.SIGPROF: "cpu",
    signal.SIGXCPU: "cpu",
    signal.SIGKILL: "killed",
    signal.SIGSEGV: "crash",
}


class ParserDied(Exception):
    """The child did not survive this mail. `reason`: cpu, memory, time, killed, crash or error.

    With "error" the child has written the traceback of our bug to the standard error.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(f"the mail parser gave up: {reason}")
        self.reason = reason


class ParserChild:
    """Reads mails in a child process, started when first needed. One mail at a time."""

    def __init__(self, *, wall: float = WALL) -> None:
        self.wall = wall
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> "ParserChild":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def parse(self, raw: bytes) -> Parsed:
        """What the mail says. Raises ParserDied; the next call starts a new child."""
        with self._lock:
            process = self._process
            if fresh := process is None or process.poll() is not None:
                process = self._started()
            try:
                return self._ask(raw, process)
            except ParserDied as died:
                if fresh or died.reason not in WORTH_ANOTHER_TRY:
                    raise
            return self._ask(raw, self._started())  # it may have died of an earlier mail's remains

    def close(self) -> None:
        """End the child; it may be used again afterwards."""
        with self._lock:
            self._end()

    @property
    def pid(self) -> int | None:
        """Of the running child, for whoever measures it."""
        return self._process.pid if self._process else None

    def _ask(self, raw: bytes, process: subprocess.Popen[bytes]) -> Parsed:
        try:
            return _Exchange(process, self.wall).ask(raw)
        except BaseException:
            self._end()
            raise

    def _started(self) -> subprocess.Popen[bytes]:
        self._end()
        self._process = _start()
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe:
                pipe.close()
        process.wait()


def _start() -> subprocess.Popen[bytes]:
    command = [sys.executable, "-P", "-X", "utf8", "-m", "ventanilla.mail.parse.child"]
    process = subprocess.Popen(  # noqa: S603 - our own module
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, env=_environment()
    )
    for pipe in (process.stdin, process.stdout):
        if pipe:
            os.set_blocking(pipe.fileno(), False)
            if hasattr(fcntl, "F_SETPIPE_SZ"):
                _widen(pipe.fileno())
    return process


def _environment() -> dict[str, str]:
    """No secrets for a process that reads strangers' bytes; large blocks go back to the system."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
    path = os.pathsep.join(entry for entry in sys.path if entry)
    return kept | {"PYTHONPATH": path} | ALLOCATOR


def _widen(pipe: int) -> None:
    try:
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE)
    except OSError:  # the user's allowance of pipe memory is used up: slower, not wrong
        return


class _Exchange:
    """One question and its answer, with a deadline."""

    def __init__(self, process: subprocess.Popen[bytes], wall: float) -> None:
        self.process = process
        self.deadline = time.monotonic() + wall

    def ask(self, raw: bytes) -> Parsed:
        self._write([frames.LENGTH.pack(len(raw)), raw])
        length = frames.LENGTH.unpack(self._read(frames.LENGTH.size))[0]
        if length == 0:
            raise ParserDied("memory")
        if length > ANSWER:
            raise ParserDied("crash")
        values, sizes = frames.sizes(self._read(length))
        if sum(sizes) > ANSWER:
            raise ParserDied("crash")
        return frames.unpacked(values, [self._read(size) for size in sizes])

    def _write(self, pieces: list[bytes]) -> None:
        """All pieces, at once if there is room for them: then the child wakes but once."""
        assert self.process.stdin is not None
        pipe, left = self.process.stdin.fileno(), [memoryview(piece) for piece in pieces if piece]
        while left:
            try:
                written = os.writev(pipe, left)
            except BlockingIOError:
                self._wait(pipe, select.POLLOUT)
                continue
            except BrokenPipeError:
                raise ParserDied(self._cause()) from None
            while left and written >= len(left[0]):
                written -= len(left.pop(0))
            if left:
                left[0] = left[0][written:]

    def _read(self, size: int) -> bytes:
        assert self.process.stdout is not None
        pipe, pieces = self.process.stdout.fileno(), []
        while size:
            try:
                piece = os.read(pipe, min(size, BLOCK))
            except BlockingIOError:
                self._wait(pipe, select.POLLIN)
                continue
            if not piece:
                raise ParserDied(self._cause())
            pieces.append(piece)
            size -= len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _wait(self, pipe: int, event: int) -> None:
        left = self.deadline - time.monotonic()
        poll = select.poll()
        poll.register(pipe, event)
        if left <= 0 or not poll.poll(left * 1000):
            raise ParserDied("time")

    def _cause(self) -> str:
        try:
            code = self.process.wait(timeout=max(0.1, self.deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            return "time"
        return REASONS.get(-code, "crash" if code < 0 else "error")


def serve(source: BinaryIO, sink: BinaryIO) -> None:
    """The child's life: read a mail, answer, until the parent closes the pipe."""
    from ventanilla.mail.parse.message import read, warm_up

    warm_up()
    _limit_memory()
    while head := source.read(frames.LENGTH.size):
        size = frames.LENGTH.unpack(head)[0]
        _limit_cpu()
        try:
            answer = frames.packed(read(source.read(size)))
        except MemoryError:
            answer = [frames.LENGTH.pack(0)]
        sink.write(b"".join(answer[:2]))  # in one go: the parent wakes but once
        for file in answer[2:]:
            sink.write(file)
        sink.flush()
        del answer


def _limit_cpu() -> None:
    """A timer that counts CPU is exact; the kernel's limit in whole seconds stands behind it."""
    signal.setitimer(signal.ITIMER_PROF, CPU)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (ceil(time.process_time()) + CPU, hard))


def _limit_memory() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    statm = Path("/proc/self/statm")
    if statm.exists():  # elsewhere the parent's clock has to do
        base = int(statm.read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (base + HEADROOM, base + HEADROOM))


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    serve(sys.stdin.buffer, sys.stdout.buffer)
