"""The innermost loops of convolution: small blocks of numbers kept in vector registers while a long sum goes by.

LLVM finds such blocks by itself only where all is of one fixed size, so compiled they are written as instructions of
LLVM. How wide a vector is, and how large a block, is made for the machine.
What each computes is written in NumPy under its name. Arrays have one dimension, and the number that follows one in the
arguments (``weights, w``) is the element to begin with. It imports from ``compiling`` only.
"""
