import pyro
import pyro.distributions as dist
import torch
from pyro.infer import SVI, Trace_ELBO, TraceMeanField_ELBO
from pyro.infer.autoguide import AutoDiagonalNormal
from training import keep, tell

torch.manual_seed(0)
pyro.set_rng_seed(0)
x = torch.randn(20, 2)
y = x @ torch.tensor([1.0, -2.0]) + 0.1 * torch.randn(20)


def model():
    w = pyro.sample("w", dist.Normal(torch.zeros(2), 1.0).to_event(1))
    with pyro.plate("data", 20):
        pyro.sample("y", dist.Normal(x @ w, 0.5), obs=y)


def guide():
    mean = pyro.param("mean", torch.zeros(2))
    spread = pyro.param("spread", torch.ones(2), constraint=dist.constraints.positive)
    pyro.sample("w", dist.Normal(mean, spread).to_event(1))


for proposed, loss in ((guide, Trace_ELBO()), (AutoDiagonalNormal(model), TraceMeanField_ELBO())):
    pyro.set_rng_seed(1)
    steps = SVI(model, proposed, pyro.optim.Adam({"lr": 0.05}), loss=loss)
    keep(*[steps.step() for _ in range(10)])
keep(*[value for _, value in pyro.get_param_store().items()])
tell()
