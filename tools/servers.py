"""The real browser and mail server that tests need: installed where that may be done, else named.

On Debian and Ubuntu as root or with sudo that asks no password. Under CI=true a missing one is an
error; elsewhere its tests are skipped and say so.
"""

import os
import shutil
import subprocess
import sys

PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])
# program, or one of several -> Debian's package
NEEDED = {
    ("chromium", "chromium-browser", "google-chrome"): "chromium",
    ("dovecot",): "dovecot-imapd",
}


def main() -> int:
    missing = lacking()
    if missing and (apt := apt_get()):
        print(f"Installing {', '.join(missing)} ...", flush=True)
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for arguments in (["update"], ["install", "-y", "--no-install-recommends", *missing]):
            subprocess.call([*apt, "-qq", *arguments], env=environment, stdout=subprocess.DEVNULL)
        missing = lacking()
    if missing:
        print(f"Not found: {', '.join(missing)} (Debian's names). Their tests can't run here.")
    return 1 if missing and os.environ.get("CI") else 0


def lacking() -> list[str]:
    return [
        package
        for programs, package in NEEDED.items()
        if not any(shutil.which(program, path=PATH) for program in programs)
    ]


def apt_get() -> list[str] | None:
    """Return how to call apt-get without being asked anything, or None."""
    if not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return ["apt-get"]
    if shutil.which("sudo") and not subprocess.call(
        ["sudo", "-n", "true"], stderr=subprocess.DEVNULL
    ):
        return ["sudo", "-n", "apt-get"]
    return None


if __name__ == "__main__":
    sys.exit(main())
