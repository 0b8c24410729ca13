"""``torch.backends``: what PyTorch was built with. There is nothing of it here, and what is set is kept."""
