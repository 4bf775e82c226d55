"""Tie a process to ours: when we end, however that happens, it is told to end too, then made to.

A small shell holds the reading end of a pipe; the kernel closes our end even after kill -9.
"""

import signal
import subprocess
from collections.abc import Sequence

# Arguments: the process, then a signal and the seconds it has to obey, again and again.
_WATCH = """
read _
process=$1
shift
while [ $# -gt 0 ]; do
    kill -"$1" "$process" 2>/dev/null || exit
    left=$2
    while [ "$left" -gt 0 ] && kill -0 "$process" 2>/dev/null; do
        sleep 1
        left=$((left - 1))
    done
    shift 2
done
"""


class Tether:
    """Held while process `pid` should not outlive us. Let go of it once that process has ended.

    stops   signals in their order, each with the whole seconds until the next one
    """

    def __init__(self, pid: int, stops: Sequence[tuple[signal.Signals, int]]):
        steps = [(number.name.removeprefix("SIG"), str(seconds)) for number, seconds in stops]
        self._shell = subprocess.Popen(
            [
                "/bin/sh",
                "-c",
                _WATCH,
                "tether",
                str(pid),
                *(word for step in steps for word in step),
            ],
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
