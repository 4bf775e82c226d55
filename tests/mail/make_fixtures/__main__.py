"""Write every fixture and its facts."""

import json
from pathlib import Path

from tests.mail.make_fixtures import automatic, bounces, broken, charsets, letters, shapes

FOLDER = Path(__file__).parent.parent / "fixtures"


def main() -> None:
    """Names must be unique; files that no fixture makes any more are removed."""
    fixtures = [
        *letters.FIXTURES,
        *shapes.FIXTURES,
        *charsets.FIXTURES,
        *broken.FIXTURES,
        *bounces.FIXTURES,
        *automatic.FIXTURES,
    ]
    names = [fixture.name for fixture in fixtures]
    assert len(names) == len(set(names)), sorted(n for n in names if names.count(n) > 1)
    for old in FOLDER.glob("*.*"):
        old.unlink()
    for fixture in fixtures:
        (FOLDER / f"{fixture.name}.eml").write_bytes(fixture.raw)
        facts = json.dumps(fixture.facts, ensure_ascii=False, indent=1, sort_keys=True)
        (FOLDER / f"{fixture.name}.json").write_text(facts + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
