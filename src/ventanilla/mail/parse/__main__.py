"""`python -m ventanilla.mail.parse FILE` prints one mail as JSON; `--jsonl` reads paths."""

import argparse
import sys

from ventanilla.mail.parse.cli import parse_file_json, parse_files_jsonl


def main() -> None:
    """Without Django and its settings: works wherever the package is installed."""
    parser = argparse.ArgumentParser(prog="python -m ventanilla.mail.parse", description=__doc__)
    parser.add_argument("file", nargs="?", help="a mail as bytes; - for standard input")
    parser.add_argument("--json", action="store_true", help="print JSON (the only format)")
    parser.add_argument("--jsonl", action="store_true", help="read paths from standard input")
    given = parser.parse_args()
    if given.jsonl:
        parse_files_jsonl(sys.stdin, sys.stdout)
    elif given.file:
        sys.stdout.write(parse_file_json(given.file) + "\n")
    else:
        parser.error("give a file, or --jsonl with paths on standard input")


if __name__ == "__main__":
    main()
