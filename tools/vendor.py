"""Refresh the third-party files in static/vendor from their npm packages, or check them.

    python tools/vendor.py            fetch with npm, write files, licences and hashes
    python tools/vendor.py --check    compare the stored files with VENDOR.toml; exit 1 if not

Nothing here is needed to install or run: the files are kept in the repository.
"""

import hashlib
import re
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "src/ventanilla/desk/static/vendor"
GLYPHS = ROOT / "tools/glyphs.svg"


def main() -> int:
    packages = tomllib.loads((VENDOR / "VENDOR.toml").read_text())["package"]
    if "--check" in sys.argv:
        wrong = list(differing(packages))
        print("\n".join(wrong) or "All vendored files are as recorded.")
        return 1 if wrong else 0
    with tempfile.TemporaryDirectory() as folder:
        for package in packages:
            refresh(package, fetch(package, Path(folder)))
    record(packages)
    return 0


def differing(packages: list[dict[str, Any]]) -> Iterator[str]:
    """Name each stored file that is missing or not the recorded one."""
    for package in packages:
        if not licence_path(package).is_file():
            yield f"{package['name']}: its licence text is missing"
        for file in package["files"]:
            path = VENDOR / file["path"]
            if not path.is_file() or digest(path) != file["sha256"]:
                yield f"{package['name']}: {file['path']} is not the recorded file"


def fetch(package: dict[str, Any], folder: Path) -> Path:
    """Download one package with npm and unpack it; returns its folder."""
    wanted = f"{package['name']}@{package['version']}"
    done = subprocess.run(
        ["npm", "pack", "--silent", wanted], cwd=folder, check=True, capture_output=True, text=True
    )
    target = folder / package["name"].replace("/", "-")
    with tarfile.open(folder / done.stdout.split()[-1]) as tar:
        tar.extractall(target, filter="data")
    return target / "package"


def refresh(package: dict[str, Any], source: Path) -> None:
    licence_path(package).write_bytes((source / package["licence_file"]).read_bytes())
    for file in package["files"]:
        origin, path = source / file["source"], VENDOR / file["path"]
        path.parent.mkdir(parents=True, exist_ok=True)
        if origin.is_dir():
            path.write_text(sprite(origin, package["icons"]))
        elif path.suffix == ".js":
            path.write_text(without_source_map(origin.read_text()))
        else:
            path.write_bytes(origin.read_bytes())
        file["sha256"] = digest(path)
        print(f"{package['name']} {package['version']}: {path.name}, {path.stat().st_size} bytes")


def sprite(folder: Path, icons: list[str]) -> str:
    """One SVG with a symbol per icon (drawn by strokes in the text's colour) and our own signs."""
    symbols = [symbol(name, (folder / f"{name}.svg").read_text()) for name in icons]
    own = re.findall(r"<symbol.*?</symbol>", GLYPHS.read_text(), re.DOTALL)
    return "\n".join(['<svg xmlns="http://www.w3.org/2000/svg">', *symbols, *own, "</svg>", ""])


def symbol(name: str, svg: str) -> str:
    match = re.search(r"<svg[^>]*>(.*)</svg>", svg, re.DOTALL)
    if match is None:
        raise SystemExit(f"{name}.svg holds no drawing")
    drawing = re.sub(r"\s*\n\s*", "", match[1]).replace(" />", "/>")
    return f'<symbol id="i-{name}" viewBox="0 0 24 24">{drawing}</symbol>'


def without_source_map(script: str) -> str:
    """The maps are not served, and the static storage refuses references to missing files."""
    return re.sub(r"\n//# sourceMappingURL=\S+\s*$", "\n", script)


def record(packages: list[dict[str, Any]]) -> None:
    """Write the new hashes into VENDOR.toml, keeping its order and comments."""
    text = (VENDOR / "VENDOR.toml").read_text()
    for file in (file for package in packages for file in package["files"]):
        entry = re.compile(rf'(path = "{re.escape(file["path"])}", sha256 = ")[0-9a-f]*(")')
        text, found = entry.subn(rf"\g<1>{file['sha256']}\g<2>", text)
        if found != 1:
            raise SystemExit(f"{file['path']} stands {found} times in VENDOR.toml")
    (VENDOR / "VENDOR.toml").write_text(text)


def licence_path(package: dict[str, Any]) -> Path:
    return VENDOR / "licences" / f"{package['name'].replace('/', '-').lstrip('@')}.txt"


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    raise SystemExit(main())
