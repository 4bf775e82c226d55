"""Programs from outside that a test needs: a real browser, a real mail server."""

import os
import shutil

import pytest

# Debian keeps servers where an ordinary user's PATH does not look.
PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])


def program(*names: str) -> str:
    """Return the path of the first of these that is installed.

    Where none is, the test is skipped and says so; under CI=true it fails: there all must run.
    """
    for name in names:
        if found := shutil.which(name, path=PATH):
            return found
    sentence = f"needs {' or '.join(names)}: make test installs it where it may"
    if os.environ.get("CI") == "true":
        pytest.fail(sentence)
    pytest.skip(sentence)
