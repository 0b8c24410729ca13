"""Normalization: `normalize`, and a file for each way in which its rows lie in memory.

It imports from ``compiling`` and its own files.
"""
