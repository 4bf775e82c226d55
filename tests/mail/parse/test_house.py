"""What the parser package may not do: know Django, read time or network, nest its quantifiers."""

import importlib
import pkgutil
import re
import subprocess
import sys
from pathlib import Path
from re import _constants as codes
from re import _parser as grammar

import pytest

import ventanilla.mail.parse as package

MODULES = sorted(
    module.name for module in pkgutil.iter_modules(package.__path__) if module.name != "__main__"
)
BACKTRACKING = {codes.MAX_REPEAT, codes.MIN_REPEAT}


def patterns(module: str) -> list[tuple[str, re.Pattern]]:
    loaded = importlib.import_module(f"ventanilla.mail.parse.{module}")
    return [(name, value) for name, value in vars(loaded).items() if isinstance(value, re.Pattern)]


def nests_unbounded(tree, inside: bool = False) -> bool:
    """Whether a repeat without bound stands in another one, both free to give back."""
    for code, argument in tree:
        if code in BACKTRACKING or code is codes.POSSESSIVE_REPEAT:
            _, most, repeated = argument
            free = code in BACKTRACKING and most == codes.MAXREPEAT
            if (free and inside) or nests_unbounded(repeated, inside or free):
                return True
        elif code is codes.SUBPATTERN:
            if nests_unbounded(argument[3], inside):
                return True
        elif code is codes.BRANCH:
            if any(nests_unbounded(branch, inside) for branch in argument[1]):
                return True
        elif code in (codes.ASSERT, codes.ASSERT_NOT):
            if nests_unbounded(argument[1], inside):
                return True
        elif code is codes.ATOMIC_GROUP and nests_unbounded(argument, inside):
            return True
    return False


@pytest.mark.parametrize("module", MODULES)
def test_no_pattern_nests_unbounded_repeats(module):  # R8
    for name, pattern in patterns(module):
        tree = grammar.parse(pattern.pattern, pattern.flags)
        assert not nests_unbounded(tree), f"{module}.{name}"


def test_the_check_knows_a_bad_pattern_from_a_good_one():
    assert nests_unbounded(grammar.parse(r"(?:a+b?)+"))
    assert nests_unbounded(grammar.parse(r"(a|b*)*"))
    assert not nests_unbounded(grammar.parse(r"(?:a{1,3})+"))
    assert not nests_unbounded(grammar.parse(r"(?:[^x]++)*+"))


def test_the_parser_comes_without_django_network_or_email():
    code = (
        "import sys, ventanilla.mail.parse.message as m; m.warm_up(); m.parse(b'Subject: x')\n"
        "print([n for n in ('django', 'psycopg', 'requests', 'http.client', 'ssl', 'email')"
        " if n in sys.modules])"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_every_defect_code_is_explained_to_operators():
    sources = "".join(p.read_text() for p in Path(package.__path__[0]).glob("*.py"))
    named = re.findall(r"""defects\.add\("([a-z0-9_]+)"\)""", sources)
    named += re.findall(r'"((?:charset|boundary)_(?:unknown|wrong|missing|not_found))"', sources)

    page = Path(__file__).parents[3] / "docs/operators/mail-defects.md"
    explained = set(re.findall(r"^\| `([a-z0-9_]+)`", page.read_text(), re.M))

    assert len(set(named)) > 30
    assert set(named) - explained == set()
