import torch
from rotary_embedding_torch import RotaryEmbedding
from torch import nn
from training import keep, tell, train

torch.manual_seed(0)
rotary = RotaryEmbedding(dim=8)
q, k = torch.randn(1, 2, 10, 16), torch.randn(1, 2, 10, 16)
keep(rotary.rotate_queries_or_keys(q), *rotary.rotate_queries_with_cached_keys(q, k))
net = nn.Linear(16, 16)


def loss():
    a, b = rotary.rotate_queries_or_keys(net(q)), rotary.rotate_queries_or_keys(net(k))
    return nn.functional.scaled_dot_product_attention(a, b, k).pow(2).mean()


train(net.parameters(), loss)
pixels = RotaryEmbedding(dim=4, freqs_for="pixel", max_freq=10)
keep(pixels.get_axial_freqs(4, 4))
tell()
