import torch
from captum.attr import DeepLift, FeatureAblation, InputXGradient, IntegratedGradients, LayerConductance, Saliency
from training import keep, small_net, tell

net, x, y = small_net()
for kind in (IntegratedGradients, Saliency, InputXGradient, DeepLift, FeatureAblation):
    keep(kind(net).attribute(x.clone().requires_grad_(), target=y))
keep(LayerConductance(net, net[1]).attribute(x, target=y), IntegratedGradients(net).attribute(x, torch.ones(1, 6), 1))
tell()
