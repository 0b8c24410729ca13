import higher
import torch
from torch.nn.functional import cross_entropy
from training import keep, small_net, tell

net, x, y = small_net()
for kind in (torch.optim.SGD, torch.optim.Adam):
    inner = kind(net.parameters(), lr=0.1)
    outer = torch.optim.SGD(net.parameters(), lr=0.05)
    for _ in range(5):
        outer.zero_grad()
        with higher.innerloop_ctx(net, inner, copy_initial_weights=False) as (fast, steps):
            for _ in range(2):
                steps.step(cross_entropy(fast(x), y))
            loss = cross_entropy(fast(x), y)
            loss.backward()
        outer.step()
        keep(loss, *[p.grad.abs().sum() for p in net.parameters()])
tell()
