import normflows as nf
import torch
from training import keep, tell, train

torch.manual_seed(0)
flows = []
for _ in range(3):
    flows += [
        nf.flows.AffineCouplingBlock(nf.nets.MLP([1, 8, 8, 2], init_zeros=False)),
        nf.flows.Permute(2, mode="swap"),
    ]
model = nf.NormalizingFlow(nf.distributions.base.DiagGaussian(2), flows)
x = torch.randn(16, 2) * 2 + 1
keep(model.log_prob(x))
train(model.parameters(), lambda: model.forward_kld(x))
tell()
