"""What users touch, made from the registries: methods, operators, in-place forms, printing, NumPy's protocols.

Imports the composed functions and what is below them.
"""
