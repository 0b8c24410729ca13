"""Whole sequences of recurrent layers: a file for each kind of cell.

It imports from ``compiling`` and its own files.
"""
