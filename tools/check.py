"""make lint, make test: every check in order, each with its time; the code says if all passed."""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent

LINT = {
    "lint": [BIN / "ruff", "check", "."],
    "format": [BIN / "ruff", "format", "--check", "."],
    "types": [BIN / "mypy"],
    "layers": [BIN / "lint-imports"],
    "translations": [sys.executable, "tools/messages.py", "--check"],
}
TESTS = {
    "servers": [sys.executable, "tools/servers.py"],
    # in the order of tests/conftest.py
    "tests": [
        sys.executable,
        "-m",
        "pytest",
        "-n",
        "2",
        "--dist",
        "loadfile",
        "--no-loadscope-reorder",
    ],
}


def main(arguments: list[str]) -> int:
    chosen = LINT | TESTS if arguments[:1] == ["all"] else LINT
    failed = [name for name, command in chosen.items() if not passes(name, command)]
    if failed:
        print(f"\nNot passed: {', '.join(failed)}", flush=True)
    return 1 if failed else 0


def passes(name: str, command: list[str | Path]) -> bool:
    print(f"--- {name}", flush=True)
    begin = time.monotonic()
    code = subprocess.call([str(part) for part in command], cwd=ROOT, env=environment())
    print(f"--- {name}: {'ok' if code == 0 else 'FAILED'} in {time.monotonic() - begin:.0f} s")
    return code == 0


def environment() -> dict[str, str]:
    """Return ours without what belongs to an installation: tests make their own."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("VENTANILLA_") and k != "PORT"}
    return kept | {"PYTHONDONTWRITEBYTECODE": "1"} if os.environ.get("CI") else kept


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
