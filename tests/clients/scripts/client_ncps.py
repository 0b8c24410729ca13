import torch
from ncps.torch import LTC, CfC
from ncps.wirings import AutoNCP
from training import keep, tell, train

for kind in (lambda: CfC(3, 6), lambda: LTC(3, AutoNCP(8, 2)), lambda: CfC(3, AutoNCP(8, 2))):
    torch.manual_seed(0)
    net, x = kind(), torch.randn(4, 5, 3)
    keep(net(x)[0])
    train(net.parameters(), lambda: net(x)[0].pow(2).mean())
tell()
