"""What ``import torch`` finds first in a process that a program started which runs with this package as torch."""

import sys
from pathlib import Path

if __name__ == "torch":
    # The package that the program runs with need not be the one that is installed.
    package = str(Path(__file__).parents[3])
    if package not in sys.path:
        sys.path.insert(0, package)
    from autograd.torch.hook import as_torch

    # The module that imports this gets what is under its name then.
    as_torch().__enter__()
