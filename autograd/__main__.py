"""``python -m autograd``."""

import sys

from .cli import main

# A process that the command starts imports this file too.
if __name__ == "__main__":
    sys.exit(main())
