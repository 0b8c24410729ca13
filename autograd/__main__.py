"""``python -m autograd``."""

import sys

from .cli import main

sys.exit(main())
