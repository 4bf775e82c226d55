"""python -m ventanilla"""

import sys

from ventanilla.cli import main

if __name__ == "__main__":  # not in the processes that a command starts
    sys.exit(main())
