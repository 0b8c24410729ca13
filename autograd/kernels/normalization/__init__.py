"""Normalization: `normalize`, and a file for each way in which its rows lie in memory.

It imports from ``compiling`` and its own files.
"""

from ..compiling.gathering import import_files_later

import_files_later(__name__, __path__[0])
