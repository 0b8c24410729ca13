"""Mistakes of a user, each with the error that ``mypy --strict`` has to report in its line."""

from __future__ import annotations

import autograd
import nn
import nn.functional as F
from autograd import Tensor


class Net(nn.Module):
    def forward(self, x: Tensor, scale: float = 1.0) -> Tensor:
        return x * scale


x = autograd.randn(3, 4)

x.summ()  # attr-defined
x.sum(dimm=1)  # call-arg
x.clamp_(low=0)  # call-arg
x.reshape("wide")  # arg-type
x.argmax(dim=(0, 1))  # arg-type
x + "one"  # operator
total: int = x.sum()  # assignment
count: str = len(x)  # assignment

autograd.expp(x)  # attr-defined
autograd.os.getcwd()  # attr-defined
autograd.exp()  # call-arg
autograd.cat(x)  # arg-type
autograd.linalg.invert(x)  # attr-defined

F.rellu(x)  # attr-defined
F.cross_entropy(x)  # call-arg
F.relu(x, 1.0)  # arg-type

nn.Linear(4, 2)(x, x)  # call-arg
nn.MSELoss()(x)  # call-arg
Net()(x, scal=2.0)  # call-arg
Net()("x")  # arg-type
