"""Whole sequences of recurrent layers: a file for each kind of cell.

It imports from ``compiling``, ``products`` and its own files.
"""

from ..compiling.gathering import import_files_later

import_files_later(__name__, __path__[0])
