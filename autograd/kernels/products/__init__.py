"""Matrix products in our own tiles of sums: for kernels that multiply many times by one matrix, and of middling size.

It imports from ``compiling`` and its own files.
"""

from ..compiling.gathering import import_files_later

import_files_later(__name__, __path__[0])
