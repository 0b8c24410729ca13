from lion_pytorch import Lion
from torch.nn.functional import cross_entropy
from training import small_net, tell, train

for options in ({}, {"weight_decay": 0.1}, {"decoupled_weight_decay": True, "weight_decay": 0.1}):
    net, x, y = small_net()
    train(net.parameters(), lambda: cross_entropy(net(x), y), Lion(net.parameters(), lr=1e-3, **options))
tell()
