"""Max pooling, the weights of average pooling, and where the windows of both lie.

It imports from ``compiling``, ``banded_matrices`` and its own files.
"""
