"""The innermost loops of convolution: small blocks of numbers kept in vector registers while a long sum goes by.

LLVM finds such blocks by itself only where all is of one fixed size, so compiled they are written as instructions of
LLVM. A vector is 64 bytes, the widest register there is; LLVM makes narrower ones of it where the machine has none.
Each has a NumPy twin of the same name, which says what it computes: arrays have one dimension, and offsets and starts
count elements. It imports from ``compiling`` only.
"""
