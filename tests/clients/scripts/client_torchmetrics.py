import torch
import torchmetrics
from torchmetrics.classification import MulticlassAUROC, MulticlassConfusionMatrix, MulticlassF1Score
from training import keep, small_net, tell, train

net, x, y = small_net()
metrics = torchmetrics.MetricCollection(
    [torchmetrics.Accuracy(task="multiclass", num_classes=3), MulticlassF1Score(3), MulticlassAUROC(3)]
)
matrix, error = MulticlassConfusionMatrix(3), torchmetrics.MeanSquaredError()


def loss():
    out = net(x)
    metrics.update(out.detach(), y)
    matrix.update(out.detach(), y)
    error.update(out.detach()[:, 0], y.float())
    return torch.nn.functional.cross_entropy(out, y)


train(net.parameters(), loss)
keep(*metrics.compute().values(), matrix.compute(), error.compute())
images = torch.rand(2, 1, 32, 32), torch.rand(2, 1, 32, 32)
keep(torchmetrics.functional.image.structural_similarity_index_measure(*images, data_range=1.0))
keep(torchmetrics.functional.image.peak_signal_noise_ratio(*images, data_range=1.0))
a, b = torch.randn(20), torch.randn(20)
keep(torchmetrics.functional.pearson_corrcoef(a, b), torchmetrics.functional.spearman_corrcoef(a, b))
keep(torchmetrics.functional.r2_score(a, b), torchmetrics.functional.kl_divergence(x.softmax(1), x.flip(0).softmax(1)))
tell()
