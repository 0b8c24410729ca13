"""Derivatives of functions: from both sides, vmap, modules without state. Imports the surface and what is below it."""
