"""The supervisor with real processes: order, restarts, stops."""

import asyncio
import os
import signal
import subprocess
import sys
import time

import pytest

from tests.processes import commands
from ventanilla.lib import supervisor
from ventanilla.lib.home import HomeProblem
from ventanilla.lib.supervisor import HOPELESS, GaveUp, Process, Step, supervise

SLEEPS = [sys.executable, "-c", "import time; time.sleep(60)"]
# Ignores the polite signal, and makes the file it is given once it does.
DEAF = """
import pathlib, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
pathlib.Path(sys.argv[1]).touch()
time.sleep(60)
"""


class Recorded:
    """A part that only notes what is asked of it, and ends when told."""

    def __init__(self, name, story, *, deaths=(), problem=None):
        self.name, self.story, self.deaths, self.problem = name, story, list(deaths), problem

    async def start(self):
        self.story.append(f"{self.name} starts")
        if self.problem:
            raise self.problem

    async def wait(self):
        if self.deaths:
            return self.deaths.pop(0)
        return await asyncio.get_running_loop().create_future()

    async def stop(self):
        self.story.append(f"{self.name} stops")


async def interrupt():
    os.kill(os.getpid(), signal.SIGTERM)


def run(parts, ready=interrupt):
    said = []
    asyncio.run(supervise(parts, say=said.append, ready=ready))
    return said


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    monkeypatch.setattr(supervisor, "LONGEST_WAIT", 0.01)


def test_parts_start_in_order_and_stop_in_reverse():
    story = []

    run([Recorded("postgres", story), Recorded("web", story)])

    assert story == ["postgres starts", "web starts", "web stops", "postgres stops"]


def test_what_dies_is_started_again():
    story = []
    restarted = asyncio.Event()

    class Fragile(Recorded):
        async def start(self):
            await super().start()
            if story.count("web starts") == 3:
                restarted.set()

    async def ready():
        await restarted.wait()
        await interrupt()

    said = run([Fragile("web", story, deaths=[1, -9])], ready)

    assert story == ["web starts"] * 3 + ["web stops"]
    assert [sentence.split(" and ")[0] for sentence in said] == ["web ended (1)", "web ended (-9)"]


def test_a_part_that_can_t_run_stops_all_without_more_words():
    story = []

    with pytest.raises(GaveUp, match=r"^$"):
        run(
            [Recorded("postgres", story), Recorded("web", story, deaths=[HOPELESS])],
            ready=asyncio.Event().wait,
        )

    assert story[-2:] == ["web stops", "postgres stops"]


@pytest.mark.parametrize("problem", [HomeProblem("It does not start."), GaveUp("It was ended.")])
def test_a_first_start_that_fails_stops_what_was_started_and_says_why(problem):
    story = []

    with pytest.raises(type(problem), match=str(problem)):
        run([Recorded("postgres", story), Recorded("migrate", story, problem=problem)])

    assert story[-2:] == ["migrate stops", "postgres stops"]


def test_a_bug_in_a_part_rises_after_everything_was_stopped():
    story = []

    with pytest.raises(ZeroDivisionError):
        run([Recorded("postgres", story), Recorded("web", story, problem=ZeroDivisionError())])

    assert story[-1] == "postgres stops"


def test_ctrl_c_during_a_long_start_ends_it():
    async def scenario():
        step = Step("migrate", SLEEPS, needed=lambda: True, done=lambda: None)
        asyncio.get_running_loop().call_later(0.3, os.kill, os.getpid(), signal.SIGINT)
        await supervise([step], say=lambda sentence: None)
        return step._process.returncode

    began = time.monotonic()
    ended = asyncio.run(scenario())

    assert ended == -signal.SIGTERM
    assert time.monotonic() - began < 30


def test_a_step_that_is_not_needed_is_left_out():
    done = []

    run([Step("migrate", ["/nonexistent"], needed=lambda: False, done=lambda: done.append(1))])

    assert done == []


def test_a_process_that_ignores_sigterm_is_killed(tmp_path):
    async def scenario():
        process = Process("deaf", [sys.executable, "-c", DEAF, str(tmp_path / "deaf")], grace=0.1)
        await process.start()
        while not (tmp_path / "deaf").exists():
            await asyncio.sleep(0.01)
        await process.stop()
        return process._process.returncode

    assert asyncio.run(scenario()) == -signal.SIGKILL


def test_the_next_part_waits_until_the_one_before_works():
    story = []

    async def works():
        await asyncio.sleep(0.01)
        story.append("web works")

    run([Process("web", SLEEPS, ready=works), Recorded("worker", story)])

    assert story == ["web works", "worker starts", "worker stops"]


def test_a_part_that_ends_at_once_does_not_hold_up_the_next():
    story = []

    run(
        [
            Process("web", [sys.executable, "-c", ""], ready=asyncio.Event().wait),
            Recorded("x", story),
        ]
    )

    assert story == ["x starts", "x stops"]


OWNER = """
import asyncio, sys
from ventanilla.lib import supervisor
supervisor.STOPS = ((supervisor.signal.SIGTERM, 1), (supervisor.signal.SIGKILL, 0))
async def main():
    child = supervisor.Process("child", [sys.executable, "-c", *sys.argv[1:]])
    await child.start()
    print(child._process.pid, flush=True)
    await child.wait()
asyncio.run(main())
"""


@pytest.mark.parametrize("program", ["import time; time.sleep(60)", DEAF])
def test_children_end_when_the_supervisor_is_killed_even_deaf_ones(program, tmp_path):
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, program, str(tmp_path / "deaf")],
        stdout=subprocess.PIPE,
        text=True,
    )
    child = int(owner.stdout.readline())
    if program == DEAF:
        wait_until(lambda: (tmp_path / "deaf").exists())

    owner.kill()
    owner.wait()
    owner.stdout.close()

    wait_until(lambda: child not in commands())


def wait_until(condition, patience=20.0):
    end = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)
