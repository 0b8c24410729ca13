import schedulefree
from torch.nn.functional import cross_entropy
from training import keep, small_net, tell, train

for name in ("SGDScheduleFree", "AdamWScheduleFree", "RAdamScheduleFree"):
    for foreach in (False, True):
        net, x, y = small_net()
        options = {} if name == "RAdamScheduleFree" else {"warmup_steps": 3}
        optimizer = getattr(schedulefree, name)(net.parameters(), lr=0.01, foreach=foreach, **options)
        optimizer.train()
        train(net.parameters(), lambda: cross_entropy(net(x), y), optimizer)
        optimizer.eval()
        keep(net(x))
tell()
