from ema_pytorch import EMA
from torch.nn.functional import cross_entropy
from training import keep, small_net, tell, train

net, x, y = small_net()
ema = EMA(net, beta=0.9, update_after_step=2, update_every=1)


def loss():
    ema.update()
    return cross_entropy(net(x), y)


train(net.parameters(), loss)
keep(ema(x), *ema.ema_model.state_dict().values(), ema.get_current_decay())
tell()
