import torch
from pytorch_metric_learning import distances, losses, miners, reducers
from training import keep, small_net, tell, train

net, x, y = small_net()
for loss in (
    losses.TripletMarginLoss(margin=0.2),
    losses.ContrastiveLoss(),
    losses.NTXentLoss(temperature=0.5),
    losses.MultiSimilarityLoss(),
    losses.ArcFaceLoss(3, 3),
    losses.TripletMarginLoss(distance=distances.CosineSimilarity(), reducer=reducers.ThresholdReducer(low=0)),
):
    torch.manual_seed(1)
    train([*net.parameters(), *loss.parameters()], lambda: loss(net(x), y))
pairs = miners.MultiSimilarityMiner(epsilon=0.1)(net(x), y)
keep(*[part.float().sum() for part in pairs])
tell()
