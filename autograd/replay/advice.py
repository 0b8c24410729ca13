"""What a user may do about it, for the sentences that say why something isn't replayed."""

VALUES = "Let the function return the Tensor and look at it outside, or choose with where()."
OUTSIDE = "Do that outside, with what the function returns."
SHAPES = "Use where() or a product with the mask, which keep the shape."
INDEX = "Use index_select() or gather(), which take Tensors."
RANDOM = "Draw with rand(), randn() and the like, which are drawn anew in each replay."
HOOKS = "Remove the hook, or do what it does in the function itself."
STEP = "Call backward() first, then step() without arguments."
SCHEDULER = "Call the scheduler outside."
RETAINED = "Return autograd.grad() of it in place of retain_grad()."
GRAPH = "Use autograd.grad(..., create_graph=True), which leaves nothing in .grad."
OLDER = "Begin the graph inside: detach() what comes from outside, or pass it as an argument."
LIST = "Use stack() or cat()."
LEAVES = "Call requires_grad_() outside, or on a detach() of it."
ARGUMENT = "Give a Tensor."
CLOSED_OVER = "Make a Tensor of it, or pass it as an argument."
COPY = "Return a clone()."
ITERATOR = "Take the next outside, and pass it as an argument."
KEEP = "Return what is to be kept, and keep it outside."
CONTEXT = "Keep Tensors there, or numbers."
RETURN = "Return Tensors, and do the rest outside."
DETACHED = "Return a detach() of it, or pass the leaf as an argument."
NUMBERS = "Pass numbers that change as Tensors."
# By what is called.
OF_CALLS = {
    "vmap()": "Compile what is mapped: vmap(compile(f)).",
    "checkpoint()": "Compile what it is given: checkpoint(compile(f), x).",
    "checkpoint_sequential()": "Compile the modules that it is given.",
    "Parameter()": "Make it outside.",
}
