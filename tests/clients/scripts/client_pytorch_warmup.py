import pytorch_warmup as warmup
import torch
from torch.nn.functional import cross_entropy
from training import keep, small_net, tell

for kind, options in (
    (warmup.LinearWarmup, {"warmup_period": 5}),
    (warmup.UntunedLinearWarmup, {}),
    (warmup.RAdamWarmup, {}),
    (warmup.ExponentialWarmup, {"warmup_period": 4}),
):
    net, x, y = small_net()
    optimizer = torch.optim.AdamW(net.parameters(), lr=0.01)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=10)
    warm = kind(optimizer, **options)
    for _ in range(10):
        optimizer.zero_grad()
        loss = cross_entropy(net(x), y)
        loss.backward()
        optimizer.step()
        keep(loss, optimizer.param_groups[0]["lr"])
        with warm.dampening():
            scheduler.step()
tell()
