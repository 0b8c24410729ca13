import torch
from entmax import Entmax15Loss, EntmaxBisect, SparsemaxLoss, entmax15, entmax_bisect, normmax_bisect, sparsemax
from training import keep, small_net, tell, train

torch.manual_seed(0)
x = torch.randn(5, 7)
keep(sparsemax(x, dim=-1), entmax15(x, dim=0), entmax_bisect(x, alpha=1.3), normmax_bisect(x, alpha=3))
for loss in (Entmax15Loss(), SparsemaxLoss()):
    net, x, y = small_net()
    train(net.parameters(), lambda: loss(net(x), y))
net, x, y = small_net()
alpha = torch.tensor(1.5, requires_grad=True)
train([*net.parameters(), alpha], lambda: entmax_bisect(net(x), alpha).pow(2).sum())
keep(EntmaxBisect(1.5)(net(x)))
tell()
