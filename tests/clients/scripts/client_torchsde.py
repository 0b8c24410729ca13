import torch
import torchsde
from torch import nn
from training import keep, tell, train


class Noisy(nn.Module):
    noise_type, sde_type = "diagonal", "ito"

    def __init__(self):
        super().__init__()
        self.drift, self.spread = nn.Linear(3, 3), nn.Linear(3, 3)

    def f(self, t, y):
        return torch.tanh(self.drift(y))

    def g(self, t, y):
        return torch.sigmoid(self.spread(y)) * 0.1


class Still(torchsde.BaseBrownian):
    """Noise that is the same wherever it is asked for."""

    dtype, device, shape, levy_area_approximation = torch.float32, torch.device("cpu"), (4, 3), "none"

    def __call__(self, ta, tb=None, return_U=False, return_A=False):
        return torch.full((4, 3), 0.3) * (tb - ta)

    def __repr__(self):
        return "Still()"


torch.manual_seed(0)
sde, start, times = Noisy(), torch.ones(4, 3), torch.linspace(0, 1, 5)
for method in ("euler", "milstein", "srk"):
    bm = Still()
    if method != "srk":
        keep(torchsde.sdeint(sde, start, times, bm=bm, method=method, dt=0.1))
        train(sde.parameters(), lambda: torchsde.sdeint(sde, start, times, bm=bm, method=method, dt=0.1).pow(2).mean())
tell()
