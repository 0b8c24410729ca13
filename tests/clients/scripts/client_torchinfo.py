import torch
from torch import nn
from torchinfo import summary
from training import keep, tell, train

torch.manual_seed(0)
net = nn.Sequential(nn.Conv2d(1, 6, 5), nn.BatchNorm2d(6), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(864, 10))
table = summary(net, (4, 1, 28, 28), verbose=0, col_names=("input_size", "output_size", "num_params", "mult_adds"))
keep(str(table))
lstm = nn.LSTM(5, 7, num_layers=2, batch_first=True)
keep(str(summary(lstm, (2, 3, 5), verbose=0)))
x, y = torch.randn(4, 1, 28, 28), torch.tensor([1, 2, 3, 4])
train(net.parameters(), lambda: nn.functional.cross_entropy(net(x), y))
tell()
