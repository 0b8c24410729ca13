import geoopt
import torch
from training import keep, tell, train

torch.manual_seed(0)
sphere, ball, stiefel = geoopt.Sphere(), geoopt.PoincareBall(), geoopt.Stiefel()
target = torch.randn(5)
for kind in (geoopt.optim.RiemannianAdam, geoopt.optim.RiemannianSGD):
    point = geoopt.ManifoldParameter(sphere.projx(torch.arange(1.0, 6)), manifold=sphere)
    train([point], lambda: -(point * target).sum(), kind([point], lr=0.05))
    place = geoopt.ManifoldParameter(ball.expmap0(torch.arange(5) * 0.1), manifold=ball)
    goal = ball.expmap0(target * 0.3)
    train([place], lambda: ball.dist2(place, goal), kind([place], lr=0.05))
    matrix = geoopt.ManifoldParameter(stiefel.projx(torch.arange(12.0).reshape(4, 3).square().sin()), manifold=stiefel)
    weights = torch.arange(12.0).reshape(4, 3).cos()
    train([matrix], lambda: (matrix * weights).sum(), kind([matrix], lr=0.05))
keep(ball.mobius_add(place, goal), ball.logmap0(place), sphere.dist(point, sphere.projx(target)))
lorentz = geoopt.Lorentz()
keep(lorentz.projx(torch.arange(1.0, 5)), lorentz.dist0(lorentz.projx(torch.arange(1.0, 5))))
tell()
