import copy

import torch
from lightly.loss import BarlowTwinsLoss, DCLLoss, NegativeCosineSimilarity, NTXentLoss, VICRegLoss
from lightly.models.modules import SimCLRProjectionHead
from lightly.models.utils import deactivate_requires_grad, update_momentum
from training import keep, tell, train

torch.manual_seed(0)
a, b = torch.randn(8, 6), torch.randn(8, 6)
for loss in (NTXentLoss(), BarlowTwinsLoss(), VICRegLoss(), NegativeCosineSimilarity(), DCLLoss()):
    torch.manual_seed(0)
    net = torch.nn.Sequential(torch.nn.Linear(6, 8), SimCLRProjectionHead(8, 8, 4))
    teacher = copy.deepcopy(net)
    deactivate_requires_grad(teacher)
    train(net.parameters(), lambda: loss(net(a), net(b)), torch.optim.SGD(net.parameters(), 1e-3))
    update_momentum(net, teacher, 0.9)
    keep(teacher(a))
tell()
