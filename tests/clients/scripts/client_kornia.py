import kornia
import kornia.augmentation as K
import torch
from training import keep, tell, train

torch.manual_seed(0)
x = torch.rand(2, 3, 16, 16)
keep(
    kornia.filters.gaussian_blur2d(x, (3, 3), (1.0, 1.0)),
    kornia.filters.sobel(x),
    kornia.color.rgb_to_grayscale(x),
    kornia.color.rgb_to_hsv(x),
    kornia.color.rgb_to_lab(x),
    kornia.filters.median_blur(x, (3, 3)),
    kornia.filters.canny(x)[0],
)
keep(
    kornia.geometry.rotate(x, torch.tensor([30.0, 10.0])),
    kornia.geometry.resize(x, (8, 8)),
    kornia.geometry.transform.warp_affine(x, torch.eye(2, 3).repeat(2, 1, 1), (16, 16)),
)
aug = K.AugmentationSequential(
    K.RandomHorizontalFlip(p=0.5),
    K.RandomAffine(20.0, p=1.0),
    K.ColorJitter(0.1, 0.1, 0.1, 0.1, p=1.0),
    K.RandomErasing(p=1.0),
)
torch.manual_seed(1)
keep(aug(x))
h = torch.eye(3)[None].repeat(2, 1, 1).requires_grad_()
target = kornia.geometry.rotate(x, torch.tensor([5.0, 5.0]))
train(
    [h], lambda: (kornia.geometry.warp_perspective(x, h, (16, 16)) - target).abs().mean(), torch.optim.Adam([h], 1e-3)
)
keep(
    kornia.losses.ssim_loss(x, target, 5),
    kornia.losses.total_variation(x),
    kornia.metrics.psnr(x, target, 1.0),
    kornia.losses.dice_loss(torch.randn(2, 3, 8, 8), torch.randint(0, 3, (2, 8, 8))),
)
q = torch.nn.functional.normalize(torch.randn(4, 4), dim=-1)
keep(kornia.geometry.conversions.quaternion_to_rotation_matrix(q))
keep(
    kornia.feature.harris_response(x),
    kornia.geometry.subpix.spatial_soft_argmax2d(x),
    kornia.morphology.dilation(x, torch.ones(3, 3)),
)
keep(kornia.enhance.equalize(x), kornia.enhance.adjust_gamma(x, 1.5), kornia.enhance.normalize_min_max(x))
tell()
