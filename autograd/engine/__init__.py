"""Tensors, the graph that their ops leave behind, and the walk back through it. Imports types, kernels and ops."""
