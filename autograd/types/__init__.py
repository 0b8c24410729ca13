"""What an element of a Tensor may be, and where a Tensor is. Imports nothing of autograd."""
