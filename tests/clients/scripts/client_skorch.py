import numpy
import torch
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from skorch import NeuralNetClassifier, NeuralNetRegressor
from skorch.callbacks import EarlyStopping, EpochScoring, LRScheduler
from torch import nn
from training import keep, tell


class Net(nn.Module):
    def __init__(self, units=8):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(4, units), nn.ReLU(), nn.Linear(units, 3), nn.Softmax(dim=-1))

    def forward(self, X):
        return self.layers(X)


random = numpy.random.RandomState(0)
X, y = random.randn(60, 4).astype("float32"), random.randint(0, 3, 60)
torch.manual_seed(0)
callbacks = [EarlyStopping(patience=20), LRScheduler("StepLR", step_size=3)]
net = NeuralNetClassifier(Net, max_epochs=10, lr=0.1, iterator_train__shuffle=True, verbose=0, callbacks=callbacks)
net.fit(X, y)
keep(*[row["train_loss"] for row in net.history], *[row["valid_loss"] for row in net.history])
keep(torch.as_tensor(net.predict_proba(X)))
torch.manual_seed(0)
search = GridSearchCV(NeuralNetClassifier(Net, max_epochs=2, verbose=0, train_split=None), {"lr": [0.01, 0.1]}, cv=2)
keep(search.fit(X, y).best_score_)
torch.manual_seed(0)
kind = nn.Sequential(nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, 1))
scoring = EpochScoring("r2", lower_is_better=False)
regressor = NeuralNetRegressor(kind, max_epochs=5, optimizer=torch.optim.Adam, verbose=0, callbacks=[scoring])
pipeline = make_pipeline(StandardScaler(), regressor)
keep(torch.as_tensor(pipeline.fit(X, X[:, :1]).predict(X)))
tell()
