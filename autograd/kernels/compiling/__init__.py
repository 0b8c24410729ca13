"""What makes kernels of Python functions: the jit, its cache on disk, threads, BLAS, memory, and what Numba must learn.

It imports nothing of autograd but its own files.
"""
