import torch
from einops import rearrange, reduce, repeat
from einops.layers.torch import EinMix, Rearrange, Reduce
from torch import nn
from training import keep, tell, train

torch.manual_seed(0)
x = torch.randn(4, 3, 8, 8)
keep(rearrange(x, "b c (h p) (w q) -> b (h w) (p q c)", p=4, q=4), reduce(x, "b c h w -> c", "max"))
keep(repeat(x[:, 0, 0, 0], "b -> b r", r=3))
net = nn.Sequential(
    nn.Conv2d(3, 6, 3),
    Reduce("b c (h 2) (w 2) -> b c h w", "mean"),
    nn.ReLU(),
    Rearrange("b c h w -> b (c h w)"),
    EinMix("b i -> b o", weight_shape="i o", bias_shape="o", i=54, o=5),
)
y = torch.tensor([0, 1, 2, 3])
train(net.parameters(), lambda: nn.functional.cross_entropy(net(x), y))
tell()
