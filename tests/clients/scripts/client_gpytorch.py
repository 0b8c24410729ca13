import math

import gpytorch
import torch
from training import keep, tell, train

x = torch.linspace(0, 1, 15)
y = torch.sin(x * 2 * math.pi) + 0.1 * torch.cos(x * 40)


class Model(gpytorch.models.ExactGP):
    def __init__(self, likelihood):
        super().__init__(x, y, likelihood)
        self.mean_module = gpytorch.means.ConstantMean()
        self.covar_module = gpytorch.kernels.ScaleKernel(gpytorch.kernels.RBFKernel())

    def forward(self, points):
        return gpytorch.distributions.MultivariateNormal(self.mean_module(points), self.covar_module(points))


likelihood = gpytorch.likelihoods.GaussianLikelihood()
model = Model(likelihood)
margin = gpytorch.mlls.ExactMarginalLogLikelihood(likelihood, model)
model.train(), likelihood.train()
train(model.parameters(), lambda: -margin(model(x), y), torch.optim.Adam(model.parameters(), lr=0.1))
model.eval(), likelihood.eval()
with torch.no_grad():
    found = likelihood(model(torch.linspace(0, 1, 7)))
    keep(found.mean, found.variance)
tell()
