"""Convolution: a file for each algorithm, and `convolve`, which chooses one.

It imports from ``compiling`` and its own files.
"""

from ..compiling.gathering import import_files_later

import_files_later(__name__, __path__[0])
