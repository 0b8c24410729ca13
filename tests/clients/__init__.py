"""Libraries that are built on PyTorch, run with this package in its place: `make clients`."""
