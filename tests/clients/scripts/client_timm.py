import timm
import torch
from timm.loss import LabelSmoothingCrossEntropy
from timm.optim import create_optimizer_v2
from timm.scheduler import CosineLRScheduler
from training import keep, tell, train

torch.manual_seed(0)
x, y = torch.randn(8, 3, 64, 64, dtype=torch.float64), torch.arange(8) % 5
small = {"img_size": 64, "patch_size": 8, "embed_dim": 24, "depth": 2, "num_heads": 2}
for name, options in (
    ("resnet10t", {}),
    ("mobilenetv3_small_050", {}),
    ("efficientnet_lite0", {}),
    ("vit_tiny_patch16_224", small),
    ("convnext_atto", {"depths": (1, 1, 1, 1), "dims": (8, 16, 24, 32)}),
):
    torch.manual_seed(0)
    net = timm.create_model(name, pretrained=False, num_classes=5, **options).eval()
    keep(net(x.float()))
    # Deep networks with batch norms magnify the roundings of float32 from step to step: of the same steps in float64,
    # where the weights are drawn in float64, little is left of them.
    torch.set_default_dtype(torch.float64)
    torch.manual_seed(0)
    net = timm.create_model(name, pretrained=False, num_classes=5, **options)
    loss = LabelSmoothingCrossEntropy(0.1)
    optimizer = create_optimizer_v2(net, opt="sgd", lr=1e-4, weight_decay=0.05)
    schedule = CosineLRScheduler(optimizer, t_initial=10, warmup_t=2, warmup_lr_init=1e-5)
    schedule.step(1)
    train(net.parameters(), lambda: loss(net(x), y), optimizer)
    torch.set_default_dtype(torch.float32)
tell()
