"""python -m ventanilla"""

import sys

from ventanilla.cli import main

sys.exit(main())
