import torch
from torch import nn
from training import keep, tell, train
from vector_quantize_pytorch import FSQ, VectorQuantize

torch.manual_seed(0)
quantize, before = VectorQuantize(dim=8, codebook_size=16, decay=0.8, commitment_weight=1.0), nn.Linear(4, 8)
x = torch.randn(2, 6, 4)


def loss():
    found, _, commitment = quantize(before(x))
    return found.pow(2).mean() + commitment.sum()


train(before.parameters(), loss)
keep(*quantize(before(x)))
found, indices = FSQ([8, 5, 5, 5])(torch.randn(2, 6, 4))
keep(found, indices)
tell()
