import torch
from training import keep, tell, train
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    GPT2Config,
    GPT2LMHeadModel,
    ViTConfig,
    ViTForImageClassification,
    get_linear_schedule_with_warmup,
)

none = {"resid_pdrop": 0.0, "embd_pdrop": 0.0, "attn_pdrop": 0.0}
torch.manual_seed(0)
gpt = GPT2LMHeadModel(GPT2Config(vocab_size=50, n_positions=32, n_embd=16, n_layer=2, n_head=2, **none))
x = torch.randint(0, 50, (3, 12))
keep(gpt(x, labels=x).loss, gpt(x).logits)
optimizer = torch.optim.AdamW(gpt.parameters(), lr=1e-3)
schedule = get_linear_schedule_with_warmup(optimizer, 3, 20)


def loss():
    schedule.step()
    return gpt(x, labels=x).loss


train(gpt.parameters(), loss, optimizer)
gpt.eval()
settings = {"max_new_tokens": 8, "pad_token_id": 0, "attention_mask": torch.ones_like(x[:, :3])}
keep(gpt.generate(x[:, :3], do_sample=False, **settings))
torch.manual_seed(1)
keep(gpt.generate(x[:, :3], do_sample=True, top_k=10, **settings))
keep(gpt.generate(x[:, :3], num_beams=3, do_sample=False, **settings))

small = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}
none = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
torch.manual_seed(0)
bert = BertForSequenceClassification(
    BertConfig(vocab_size=50, max_position_embeddings=32, num_labels=3, **small, **none)
)
y, mask = torch.tensor([0, 1, 2]), torch.ones(3, 12, dtype=torch.long)
mask[1, 8:] = 0
keep(bert(x, attention_mask=mask).logits)
train(bert.parameters(), lambda: bert(x, attention_mask=mask, labels=y).loss)

torch.manual_seed(0)
vit = ViTForImageClassification(ViTConfig(image_size=16, patch_size=4, num_labels=3, **small, **none))
image = torch.randn(3, 3, 16, 16)
keep(vit(image).logits)
train(vit.parameters(), lambda: vit(image, labels=y).loss)
tell()
