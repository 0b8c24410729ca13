import torch
from pytorch_msssim import SSIM, ms_ssim, ssim
from training import keep, tell, train

torch.manual_seed(0)
x, y = torch.rand(2, 3, 180, 180), torch.rand(2, 3, 180, 180)
keep(ssim(x, y, data_range=1.0), ms_ssim(x, y, data_range=1.0))
guess, measure = torch.rand(2, 3, 32, 32, requires_grad=True), SSIM(data_range=1.0)
train([guess], lambda: 1 - measure(guess, x[..., :32, :32]))
tell()
