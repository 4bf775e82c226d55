"""What only tests use from others is what its record says, with its licence beside it."""

import hashlib
import tomllib
from pathlib import Path

VENDOR = Path(__file__).resolve().parent / "vendor"


def test_every_file_has_its_recorded_hash_and_licence():
    packages = tomllib.loads((VENDOR / "VENDOR.toml").read_text())["package"]

    for package in packages:
        assert package["version"]
        assert package["licence"]
        assert (VENDOR / package["licence_file"]).exists()
        for file in package["files"]:
            assert (
                hashlib.sha256((VENDOR / file["path"]).read_bytes()).hexdigest() == file["sha256"]
            )
