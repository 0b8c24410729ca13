"""What ``import torch`` means after `autograd.as_torch`: `table` says where each module is, `hook` puts them in place.

The other files stand for what PyTorch has and an engine on one CPU needs no more of than the names: compilers,
profilers, devices.
"""
