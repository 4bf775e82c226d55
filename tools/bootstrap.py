#!/usr/bin/env python3
"""Set Ventanilla up in this checkout and run one thing: python3 tools/bootstrap.py [run|test|...]

Needs Python >= 3.11 and nothing else: no pip, no venv module, no uv. It makes .venv with exactly
what a lock file says (every file checked by its hash) and does so again only when that changed.
It works behind a proxy that only the system's certificates vouch for. Kept readable for older
Pythons, so that they get as far as the sentence that says which one is needed.
"""

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / "tools"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "ventanilla.stamp"
OLDEST = (3, 11)

RUNTIME, DEVELOPMENT = "requirements.lock", "requirements-dev.lock"
# What can be asked for: which packages it needs, and what is then run in .venv.
TARGETS = {
    "install": (RUNTIME, None),
    "run": (RUNTIME, ["-m", "ventanilla", "up", "--demo"]),
    "demo": (RUNTIME, ["-m", "ventanilla", "seed"]),
    "develop": (DEVELOPMENT, None),
    "test": (DEVELOPMENT, ["tools/check.py", "all"]),
    "lint": (DEVELOPMENT, ["tools/check.py", "lint"]),
    "faults": (DEVELOPMENT, ["-m", "pytest", "-q", "tests/faults"]),
    "bench": (DEVELOPMENT, ["-m", "bench"]),
    "messages": (DEVELOPMENT, ["tools/messages.py"]),
    "lock": (DEVELOPMENT, ["tools/lock.py"]),
}


def main(arguments):
    target = arguments[0] if arguments else "install"
    if target not in TARGETS:
        sys.exit(f"usage: python3 tools/bootstrap.py [{'|'.join(TARGETS)}]")
    use_new_enough_python()
    os.chdir(str(ROOT))
    wanted, command = TARGETS[target]
    install(wanted)
    if command is None:
        print("Ready: .venv holds everything. Start it with: make run")
        return
    sys.stdout.flush()
    os.execv(str(PYTHON), [str(PYTHON), *command, *port(target), *arguments[1:]])


def port(target):
    """Return the option for PORT, which `make run PORT=9000` and `PORT=9000 make run` set."""
    given = os.environ.get("PORT", "")
    return ["--port", given] if target == "run" and given else []


def use_new_enough_python():
    """Go on with a newer Python of this machine when the one that runs this is too old."""
    if sys.version_info >= OLDEST:
        return
    for minor in range(14, OLDEST[1] - 1, -1):
        newer = shutil.which(f"python3.{minor}")
        if newer:
            os.execv(newer, [newer, *sys.argv])
    sys.exit(
        f"Ventanilla needs Python 3.11 or newer, and this is {platform.python_version()}. "
        "Install it (Debian and Ubuntu: apt install python3.11, macOS: brew install python) "
        "and run this again."
    )


def install(wanted):
    """Make .venv hold what the lock file says; at once when it already does."""
    stamp = STAMP.read_text() if STAMP.exists() else ""
    sound = is_sound()
    if sound and stamp in (stamp_of(wanted), stamp_of(DEVELOPMENT)):
        return
    if DEVELOPMENT in stamp:
        wanted = DEVELOPMENT  # never take the developer's tools away
    uv = fetch_uv()
    print(f"Installing what {wanted} names ...", flush=True)
    if STAMP.exists():
        STAMP.unlink()
    if not sound:
        run(uv, "venv", "--quiet", "--clear", "--python", sys.executable, VENV)
    run(
        *(uv, "pip", "sync", "--quiet", "--python", PYTHON, "--require-hashes", "--strict"),
        *("--compile-bytecode", wanted),
    )
    put_ourselves_in()
    STAMP.write_text(stamp_of(wanted))


def stamp_of(lock):
    return f"{lock} {hashlib.sha256((ROOT / lock).read_bytes()).hexdigest()}"


def is_sound():
    """Tell whether .venv has an interpreter, and one for which its packages were made."""
    folders = [folder.parent.name for folder in VENV.glob("lib/python3.*/site-packages")]
    return PYTHON.exists() and len(folders) == 1 and (VENV / "bin" / folders[0]).exists()


def put_ourselves_in():
    """Make `import ventanilla` and the command work from src/, without building anything."""
    site = next(VENV.glob("lib/python3.*/site-packages"))
    (site / "ventanilla.pth").write_text(f"{ROOT / 'src'}\n")
    script = VENV / "bin" / "ventanilla"
    script.write_text(f'#!/bin/sh\nexec "{PYTHON}" -m ventanilla "$@"\n')
    script.chmod(0o755)


def fetch_uv():
    """Return uv's path, fetched by its pinned hash through the pip that lies in tools/."""
    lock = TOOLS / "uv.lock"
    folder = ROOT / ".cache" / f"uv-{hashlib.sha256(lock.read_bytes()).hexdigest()[:12]}"
    program = folder / "uv"
    if program.exists():
        return program
    print("Fetching uv ...", flush=True)
    pip = next(TOOLS.glob("pip-*.whl")) / "pip"
    run(
        *(sys.executable, pip, "--quiet", "--disable-pip-version-check", "download", "--no-deps"),
        *("--only-binary", ":all:", "--require-hashes", "-r", lock, "-d", folder),
    )
    wheel, fresh = next(folder.glob("uv-*.whl")), folder / "uv.part"
    with zipfile.ZipFile(str(wheel)) as archive:
        inside = next(name for name in archive.namelist() if name.endswith(".data/scripts/uv"))
        with archive.open(inside) as source, fresh.open("wb") as target:
            shutil.copyfileobj(source, target)
    wheel.unlink()
    fresh.chmod(0o755)
    fresh.rename(program)
    return program


def run(*command):
    """Run pip or uv with the system's certificates."""
    environment = dict(os.environ, UV_SYSTEM_CERTS="1", UV_PYTHON_DOWNLOADS="never")
    environment.pop("VIRTUAL_ENV", None)
    if subprocess.call([str(part) for part in command], env=environment):
        sys.exit("Setting up failed; the lines above say why. Nothing was started.")


if __name__ == "__main__":
    main(sys.argv[1:])
