import torch_optimizer
from torch.nn.functional import cross_entropy
from training import small_net, tell, train

NAMES = """A2GradExp A2GradInc A2GradUni AccSGD AdaBelief AdaBound AdaMod Adafactor AdamP AggMo Apollo DiffGrad Lamb
MADGRAD NovoGrad PID QHAdam QHM RAdam Ranger RangerQH RangerVA SGDP SGDW SWATS Shampoo Yogi"""
for name in NAMES.split():
    net, x, y = small_net()
    train(net.parameters(), lambda: cross_entropy(net(x), y), getattr(torch_optimizer, name)(net.parameters(), lr=1e-3))
net, x, y = small_net()
inner = torch_optimizer.Yogi(net.parameters(), lr=1e-3)
train(net.parameters(), lambda: cross_entropy(net(x), y), torch_optimizer.Lookahead(inner, k=3))
tell()
