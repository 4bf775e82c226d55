"""Tie a process to ours: when we end, however that happens, it gets a signal.

A small shell holds the reading end of a pipe; the kernel closes our end even after kill -9.
"""

import signal
import subprocess

_WAIT = 'read _; kill -"$1" "$0"'


class Tether:
    """Held while process `pid` should not outlive us. Let go of it once that process has ended."""

    def __init__(self, pid: int, number: signal.Signals):
        self._shell = subprocess.Popen(
            ["/bin/sh", "-c", _WAIT, str(pid), number.name.removeprefix("SIG")],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
        )

    def let_go(self) -> None:
        self._shell.kill()  # before its pipe closes: by now the number may be another process's
        self._shell.wait()
        if self._shell.stdin is not None:
            self._shell.stdin.close()
