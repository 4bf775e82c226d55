"""make lock: write requirements.lock and requirements-dev.lock anew from pyproject.toml."""

import os
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import bootstrap

COMMON = ["--universal", "--generate-hashes", "--no-emit-index-url", "--python-version", "3.11"]


def main() -> None:
    uv = bootstrap.fetch_uv()
    os.chdir(bootstrap.ROOT)
    for lock, extra in (
        (bootstrap.RUNTIME, []),
        (bootstrap.DEVELOPMENT, ["--group", "dev", "--constraint", bootstrap.RUNTIME]),
    ):
        command = [uv, "pip", "compile", "--quiet", *COMMON, *sys.argv[1:], *extra]
        header = ["--custom-compile-command", "make lock"]
        subprocess.run(
            [*command, *header, "pyproject.toml", "-o", lock],
            check=True,
            env=os.environ | {"UV_SYSTEM_CERTS": "1"},
        )
        print(f"{lock} written")


if __name__ == "__main__":
    main()
