import torch
import torchcde
from torch import nn
from training import keep, tell, train

torch.manual_seed(0)


class Field(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 12))

    def forward(self, t, z):
        return torch.tanh(self.net(z)).view(*z.shape[:-1], 4, 3)


x = torch.rand(5, 7, 3)
coefficients = torchcde.hermite_cubic_coefficients_with_backward_differences(x)
path, field = torchcde.CubicSpline(coefficients), Field()
keep(coefficients, path.evaluate(torch.tensor(0.5)), torchcde.natural_cubic_coeffs(x))


def loss():
    z = torchcde.cdeint(X=path, func=field, z0=torch.ones(5, 4), t=path.interval, method="rk4", adjoint=False)
    return (z[:, -1] - 0.5).pow(2).mean()


train(field.parameters(), loss)
tell()
