import torch
from training import keep, tell, train
from x_transformers import AutoregressiveWrapper, ContinuousTransformerWrapper, Decoder, Encoder, TransformerWrapper

torch.manual_seed(0)
model = TransformerWrapper(
    num_tokens=20, max_seq_len=16, attn_layers=Decoder(dim=16, depth=2, heads=2, attn_dim_head=8, rotary_pos_emb=True)
)
net = AutoregressiveWrapper(model)
x = torch.randint(0, 20, (3, 16))
keep(model(x))
train(net.parameters(), lambda: net(x))
net.eval()
keep(net.generate(x[:, :2], 8, temperature=0.0))
torch.manual_seed(0)
encoder = ContinuousTransformerWrapper(
    dim_in=4, dim_out=3, max_seq_len=8, attn_layers=Encoder(dim=16, depth=1, heads=2, attn_dim_head=8, use_rmsnorm=True)
)
y = torch.randn(2, 8, 4)
train(encoder.parameters(), lambda: encoder(y).pow(2).mean())
tell()
