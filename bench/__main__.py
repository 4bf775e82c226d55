"""python -m bench [PART ...]: start an installation, measure it, print one table, remove it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bench import table
from bench.installation import Installation, installed

PARTS = ("idle", "screen", "intake", "pages", "browsers", "scale")
SIZES = (1_000, 100_000)


def main() -> None:
    chosen = _chosen()
    parts = [part for part in chosen.parts or PARTS if part != "scale"]
    rows, database = _here(parts, chosen) if parts else ([], "PostgreSQL")
    if "scale" in (chosen.parts or PARTS):
        rows += _scale(chosen)
    _say(f"Done (load {table.load()})")
    if chosen.rows:
        chosen.rows.write_bytes(table.stored(rows))
    else:
        print(f"{table.machine(database)}\n\n{table.render(rows)}")


def _here(parts: list[str], chosen: argparse.Namespace) -> tuple[list[table.Row], str]:
    """The rows of the parts that share one installation, and what its database is."""
    with installed(chosen.folder) as at:
        rows = _filled(at, chosen)
        at.attach()
        (version,) = at.rows("SHOW server_version")[0]
        for part in parts:
            _say(f"Measuring {part} (load {table.load()}) ...")
            rows += MEASURE[part](at, chosen)
        return rows, f"PostgreSQL {version}"


def _filled(at: Installation, chosen: argparse.Namespace) -> list[table.Row]:
    """Fill the desk and start it: with the demo, or with as many tickets as were asked for."""
    if not chosen.tickets:
        _say(f"Making the demo desk (load {table.load()}) ...")
        at.start(demo=True)
        return []
    from bench import scale

    _say(f"Loading {chosen.tickets:,} tickets (load {table.load()}) ...")
    rows = scale.load(at, chosen.tickets, searched=chosen.tickets <= scale.SEARCHED)
    at.start()
    return rows


def _scale(chosen: argparse.Namespace) -> list[table.Row]:
    from bench import scale

    sizes = (1_000, 3_000) if chosen.quick else chosen.sizes
    return scale.measure(sizes, count=20 if chosen.quick else chosen.pages, folder=chosen.folder)


def _idle(at: Installation, chosen: argparse.Namespace) -> list[table.Row]:
    from bench import idle

    return idle.measure(at, rest=3 if chosen.quick else 30, starts=3)


def _screen(at: Installation, chosen: argparse.Namespace) -> list[table.Row]:
    from bench import client, desk, screen

    desk.make_room()
    seconds = 6 if chosen.quick else chosen.seconds
    own, to = client.sign_in(at), desk.inbox().address
    return screen.measure(at, own, to, rate=chosen.rate, seconds=seconds)


def _intake(at: Installation, chosen: argparse.Namespace) -> list[table.Row]:
    from bench import client, desk, intake

    desk.make_room()
    count = 60 if chosen.quick else chosen.mails
    return intake.measure(at, client.sign_in(at), desk.inbox(), count=count)


def _pages(at: Installation, chosen: argparse.Namespace) -> list[table.Row]:
    from bench import client, desk, pages

    count, bulk = (20, 2) if chosen.quick else (chosen.pages, 10)
    bulk = 0 if chosen.tickets else bulk
    return pages.measure(at, client.sign_in(at), desk.inbox(), count=count, bulk=bulk)


def _browsers(at: Installation, chosen: argparse.Namespace) -> list[table.Row]:
    from bench import browsers

    count, changes = (100, 3) if chosen.quick else (chosen.browsers, 20)
    return browsers.measure(at, browsers=count, changes=changes)


MEASURE = {
    "idle": _idle, "screen": _screen, "intake": _intake, "pages": _pages, "browsers": _browsers,
}  # fmt: skip


def _chosen() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--quick", action="store_true", help="few of everything: does it run?")
    parser.add_argument("--rate", type=float, default=5, help="mails a second to the screen")
    parser.add_argument("--seconds", type=float, default=60, help="for how long they come")
    parser.add_argument("--mails", type=int, default=1000, help="of each step of the intake")
    parser.add_argument("--browsers", type=int, default=5000, help="that are open at once")
    parser.add_argument("--pages", type=int, default=200, help="of each kind")
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=SIZES, metavar="TICKETS", help="of `scale`'s desks"
    )
    parser.add_argument("--tickets", type=int, help="fill the desk with so many, not with the demo")
    parser.add_argument("--rows", type=Path, help="write the rows here, for another process")
    parser.add_argument("--folder", type=Path, help="where the installation is made (a real disk)")
    chosen = parser.parse_args()
    if unknown := set(chosen.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    return chosen


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
