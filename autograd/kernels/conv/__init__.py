"""Convolution: a file for each algorithm, and `convolve`, which chooses one.

It imports from ``compiling`` and its own files.
"""
