"""Max pooling, the weights of average pooling, and where the windows of both lie.

It imports from ``compiling``, ``banded_matrices`` and its own files.
"""

from ..compiling.gathering import import_files_later

import_files_later(__name__, __path__[0])
