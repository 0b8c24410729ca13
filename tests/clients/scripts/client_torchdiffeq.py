import torch
from torch import nn
from torchdiffeq import odeint, odeint_adjoint
from training import keep, tell, train

torch.manual_seed(0)


class Flow(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 2))

    def forward(self, t, y):
        return self.net(y**3)


times = torch.linspace(0, 1, 8)
start = torch.tensor([[2.0, 0.0]])
target = torch.stack([2 * torch.cos(times), -2 * torch.sin(times)], -1)[:, None]
for solve, method in ((odeint, "rk4"), (odeint, "dopri5"), (odeint_adjoint, "dopri5")):
    torch.manual_seed(0)
    flow = Flow()
    keep(solve(flow, start, times, method=method))
    train(flow.parameters(), lambda: (solve(flow, start, times, method=method) - target).pow(2).mean(), steps=5)
tell()
