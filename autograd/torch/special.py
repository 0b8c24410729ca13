"""``torch.special``: its second names of functions that `autograd` and `nn.functional` have."""

from autograd import logsumexp
from nn.functional import log_softmax, softmax

__all__ = ["log_softmax", "logsumexp", "softmax"]
