from torch.nn.functional import cross_entropy
from torch_ema import ExponentialMovingAverage
from training import keep, small_net, tell, train

net, x, y = small_net()
ema = ExponentialMovingAverage(net.parameters(), decay=0.9)


def loss():
    ema.update()
    return cross_entropy(net(x), y)


train(net.parameters(), loss)
with ema.average_parameters():
    keep(net(x))
keep(net(x))
ema.copy_to()
keep(net(x))
tell()
