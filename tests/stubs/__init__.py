"""Writes the stubs: what type checkers and editors know of the functions and methods that the registry makes.

Run by ``make stubs``. Each face of the library that offers ops has a stub beside it, which imports what is written out
somewhere and gives the signature of what is made from the registry. The methods that Tensors are given are a class of
their own, from which ``Tensor`` inherits as far as a type checker can see.
"""
