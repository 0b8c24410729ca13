import torch
from efficientnet_pytorch import EfficientNet
from training import keep, tell

torch.manual_seed(0)
net = EfficientNet.from_name("efficientnet-b0", num_classes=5)
net.eval()
x = torch.randn(2, 3, 64, 64)
out = net(x)
keep(out)
out.pow(2).mean().backward()
keep(*[parameter.grad.abs().sum() for parameter in net.parameters()])
tell()
