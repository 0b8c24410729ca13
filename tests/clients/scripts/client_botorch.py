import warnings

import torch
from botorch.acquisition import LogExpectedImprovement, UpperConfidenceBound, qLogExpectedImprovement
from botorch.fit import fit_gpytorch_mll
from botorch.models import SingleTaskGP
from botorch.models.transforms import Normalize, Standardize
from botorch.optim import optimize_acqf
from gpytorch.mlls import ExactMarginalLogLikelihood
from training import keep, tell

warnings.simplefilter("ignore")
torch.manual_seed(0)
x = torch.rand(10, 2, dtype=torch.double)
y = 1 - (x - 0.5).norm(dim=-1, keepdim=True) + 0.1 * torch.randn(10, 1).double()
gp = SingleTaskGP(x, y, input_transform=Normalize(d=2), outcome_transform=Standardize(m=1))
fit_gpytorch_mll(ExactMarginalLogLikelihood(gp.likelihood, gp))
p = gp.posterior(torch.rand(5, 2).double())
keep(p.mean, p.variance)
for a in (
    LogExpectedImprovement(gp, best_f=y.max()),
    UpperConfidenceBound(gp, beta=0.1),
    qLogExpectedImprovement(gp, best_f=y.max()),
):
    torch.manual_seed(1)
    c, v = optimize_acqf(
        a, bounds=torch.stack([torch.zeros(2), torch.ones(2)]).double(), q=1, num_restarts=2, raw_samples=8
    )
    keep(c, v)
tell()
