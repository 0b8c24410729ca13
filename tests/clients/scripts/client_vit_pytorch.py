import torch
from torch.nn.functional import cross_entropy
from training import keep, tell, train
from vit_pytorch import SimpleViT, ViT
from vit_pytorch.cct import CCT
from vit_pytorch.deepvit import DeepViT

x, y = torch.randn(2, 3, 32, 32, generator=torch.Generator().manual_seed(0)), torch.tensor([1, 4])
settings = {"image_size": 32, "patch_size": 8, "num_classes": 5, "dim": 16, "depth": 2, "heads": 2, "mlp_dim": 32}
for kind in (ViT, SimpleViT, DeepViT):
    torch.manual_seed(0)
    net = kind(**settings)
    keep(net(x))
    train(net.parameters(), lambda: cross_entropy(net(x), y))
torch.manual_seed(0)
net = CCT(
    img_size=32, embedding_dim=16, n_conv_layers=1, kernel_size=7, stride=2, padding=3, pooling_kernel_size=3,
    pooling_stride=2, pooling_padding=1, num_layers=1, num_heads=2, mlp_ratio=2.0, num_classes=5, dropout_rate=0.0,
    attention_dropout=0.0, stochastic_depth_rate=0.0, positional_embedding="learnable",
)  # fmt: skip
train(net.parameters(), lambda: cross_entropy(net(x), y))
tell()
