#!/usr/bin/env python3
"""Set Ventanilla up in this checkout and run one thing: python3 tools/bootstrap.py [run|test|...]

Needs Python >= 3.11 and nothing else: no pip, no venv module, no uv. It makes .venv with exactly
what requirements.lock says (every file checked by its hash) and does so again only when that
changed. It works behind a proxy that only the system's certificates vouch for.
"""

from __future__ import print_function  # so that an old Python gets as far as the sentence below

import glob
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import zipfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TOOLS = os.path.join(ROOT, "tools")
CACHE = os.path.join(ROOT, ".cache")
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
STAMP = os.path.join(VENV, "ventanilla.stamp")
OLDEST = (3, 11)

RUNTIME, DEVELOPMENT = "requirements.lock", "requirements-dev.lock"
# What can be asked for: which packages it needs, and what is then run in .venv.
TARGETS = {
    "install": (RUNTIME, None),
    "run": (RUNTIME, ["-m", "ventanilla", "up", "--demo"]),
    "develop": (DEVELOPMENT, None),
    "test": (DEVELOPMENT, [os.path.join("tools", "check.py"), "all"]),
    "lint": (DEVELOPMENT, [os.path.join("tools", "check.py"), "lint"]),
    "messages": (DEVELOPMENT, [os.path.join("tools", "messages.py")]),
    "lock": (DEVELOPMENT, [os.path.join("tools", "lock.py")]),
}


def main(arguments):
    target = arguments[0] if arguments else "install"
    if target not in TARGETS:
        sys.exit("usage: python3 tools/bootstrap.py [%s]" % "|".join(TARGETS))
    use_new_enough_python()
    os.chdir(ROOT)
    wanted, command = TARGETS[target]
    install(wanted)
    if command is None:
        print("Ready: .venv holds everything. Start it with: make run")
        return
    sys.stdout.flush()
    os.execv(PYTHON, [PYTHON] + command + port(target) + arguments[1:])


def port(target):
    """Return the option for PORT, which `make run PORT=9000` and `PORT=9000 make run` set."""
    given = os.environ.get("PORT", "")
    return ["--port", given] if target == "run" and given else []


def use_new_enough_python():
    """Go on with a newer Python of this machine when the one that runs this is too old."""
    if sys.version_info >= OLDEST:
        return
    for minor in range(14, OLDEST[1] - 1, -1):
        newer = shutil.which("python3.%d" % minor) if hasattr(shutil, "which") else None
        if newer:
            os.execv(newer, [newer] + sys.argv)
    sys.exit(
        "Ventanilla needs Python 3.11 or newer, and this is %s. Install it (Debian and Ubuntu: "
        "apt install python3.11, macOS: brew install python) and run this again."
        % platform.python_version()
    )


def install(wanted):
    """Make .venv hold what the lock file says; at once when it already does."""
    if not needs_work(wanted):
        return
    if os.path.exists(STAMP) and DEVELOPMENT in read(STAMP):
        wanted = DEVELOPMENT  # never take the developer's tools away
    uv = fetch_uv()
    print("Installing what %s names ..." % wanted)
    if os.path.exists(STAMP):
        os.remove(STAMP)
    if not is_sound(PYTHON):
        run_uv(uv, "venv", "--quiet", "--clear", "--python", sys.executable, VENV)
    run_uv(
        uv, "pip", "sync", "--quiet", "--python", PYTHON, "--require-hashes", "--strict", wanted
    )
    put_ourselves_in()
    with open(STAMP, "w") as stamp:
        stamp.write(stamp_of(wanted))


def needs_work(wanted):
    if not os.path.exists(STAMP) or not is_sound(PYTHON):
        return True
    return read(STAMP) not in (stamp_of(wanted), stamp_of(DEVELOPMENT))


def stamp_of(lock):
    with open(lock, "rb") as file:
        return "%s %s" % (lock, hashlib.sha256(file.read()).hexdigest())


def is_sound(python):
    """Tell whether the interpreter is there and still of the version that .venv was made for."""
    if not os.path.exists(python):
        return False
    real = os.path.realpath(python)
    made_for = glob.glob(os.path.join(VENV, "lib", "python3.*", "site-packages"))
    return os.access(real, os.X_OK) and len(made_for) == 1


def put_ourselves_in():
    """Make `import ventanilla` and the command work from src/, without building anything."""
    site = glob.glob(os.path.join(VENV, "lib", "python3.*", "site-packages"))[0]
    with open(os.path.join(site, "ventanilla.pth"), "w") as path:
        path.write(os.path.join(ROOT, "src") + "\n")
    script = os.path.join(VENV, "bin", "ventanilla")
    with open(script, "w") as file:
        file.write(
            "#!%s\nimport sys\nfrom ventanilla.cli import main\nsys.exit(main())\n" % PYTHON
        )
    os.chmod(script, 0o755)


def fetch_uv():
    """Return uv's path, fetched by its pinned hash through the pip that lies in tools/."""
    pinned = read(os.path.join(TOOLS, "uv.lock"))
    digest = hashlib.sha256(pinned.encode()).hexdigest()[:12]
    folder = os.path.join(CACHE, "uv-" + digest)
    program = os.path.join(folder, "uv")
    if os.path.exists(program):
        return program
    print("Fetching uv ...")
    pip = glob.glob(os.path.join(TOOLS, "pip-*.whl"))[0]
    command = [sys.executable, os.path.join(pip, "pip"), "--quiet", "--disable-pip-version-check"]
    command += ["download", "--no-deps", "--only-binary", ":all:", "--require-hashes"]
    command += ["-r", os.path.join(TOOLS, "uv.lock"), "-d", folder]
    if subprocess.call(command):
        sys.exit("uv could not be fetched; the lines above say why. Is the network there?")
    wheel = glob.glob(os.path.join(folder, "uv-*.whl"))[0]
    with zipfile.ZipFile(wheel) as archive:
        inside = [name for name in archive.namelist() if name.endswith(".data/scripts/uv")][0]
        with archive.open(inside) as source, open(program + ".part", "wb") as target:
            shutil.copyfileobj(source, target)
    os.remove(wheel)
    os.chmod(program + ".part", 0o755)
    os.rename(program + ".part", program)
    return program


def run_uv(uv, *arguments):
    """Run uv with the system's certificates and without a configuration from elsewhere."""
    environment = dict(os.environ, UV_SYSTEM_CERTS="1", UV_NATIVE_TLS="1", UV_PYTHON_DOWNLOADS="never")
    environment.pop("VIRTUAL_ENV", None)
    code = subprocess.call([uv] + list(arguments), env=environment)
    if code:
        sys.exit("Setting up failed: the lines above say why. Nothing was started.")


def read(path):
    with open(path) as file:
        return file.read()


if __name__ == "__main__":
    main(sys.argv[1:])
