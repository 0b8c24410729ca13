import contextlib
import io

import torch
from torch import nn
from torchsummary import summary
from training import keep, tell, train

torch.manual_seed(0)
net = nn.Sequential(nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(864, 10))
with contextlib.redirect_stdout(io.StringIO()) as printed:
    summary(net, (1, 28, 28), device="cpu")
keep(printed.getvalue())
x, y = torch.randn(4, 1, 28, 28), torch.tensor([1, 2, 3, 4])
train(net.parameters(), lambda: nn.functional.cross_entropy(net(x), y))
tell()
