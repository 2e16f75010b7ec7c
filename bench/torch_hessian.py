"""The Hessian of bench/torch.ts's network by PyTorch, timed: torch_hessian.py PROBLEM.json RESULT.bin

One thread, double precision. Writes the matrix and prints JSON. Every way that the installed version has is tried.
"""

import json
import statistics
import sys
import time

import torch

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)


def main(problem, result):
    with open(problem) as file:
        content = json.load(file)
    layers = [
        (to_tensor(layer["weights"]), torch.tensor(layer["bias"]), layer["activation"])
        for layer in content["network"]["layers"]
    ]
    inputs = to_tensor(content["data"]["inputs"])
    targets = torch.tensor(content["data"]["targets"])
    shapes = [tensor.shape for weights, bias, _ in layers for tensor in (weights, bias)]
    parameters = torch.cat([t.reshape(-1) for weights, bias, _ in layers for t in (weights, bias)])

    def logits(flat):
        tensors = iter(
            part.reshape(shape)
            for part, shape in zip(torch.split(flat, [s.numel() for s in shapes]), shapes)
        )
        x = inputs
        for _, _, activation in layers:
            x = torch.nn.functional.linear(x, next(tensors), next(tensors))
            x = torch.tanh(x) if activation == "tanh" else x
        return x

    # cross_entropy has no forward mode in PyTorch 1.13; written out, it has.
    chosen = torch.nn.functional.one_hot(targets, layers[-1][0].shape[0]).to(torch.float64)

    def loss(flat):
        return torch.nn.functional.cross_entropy(logits(flat), targets)

    def written_out(flat):
        z = logits(flat)
        return (torch.logsumexp(z, 1) - (z * chosen).sum(1)).mean()

    methods = []
    for name, run in ways(loss, written_out):
        try:
            matrix = run(parameters)
        except NotImplementedError as error:
            # Forward mode lacks some operators in some versions.
            print(f"{name}: {str(error).splitlines()[0]}", file=sys.stderr)
            continue
        methods.append({"name": name, **timing(lambda: run(parameters))})
    matrix.detach().numpy().tofile(result)
    print(json.dumps({"version": torch.__version__, "threads": torch.get_num_threads(), "methods": methods}))


def ways(loss, written_out):
    functional = torch.autograd.functional.hessian
    yield "torch.autograd.functional.hessian", lambda p: functional(loss, p)
    yield "torch.autograd.functional.hessian, vectorize=True", lambda p: functional(loss, p, vectorize=True)
    forward = {"vectorize": True, "outer_jacobian_strategy": "forward-mode"}
    yield (
        "torch.autograd.functional.hessian, vectorize=True, forward-mode (loss written out)",
        lambda p: functional(written_out, p, **forward),
    )
    try:
        import torch.func as transforms
    except ImportError:
        try:
            import functorch as transforms
        except ImportError:
            return
    name = transforms.__name__
    yield f"{name}.hessian (loss written out)", transforms.hessian(written_out)
    yield f"{name}.jacrev(jacrev)", transforms.jacrev(transforms.jacrev(loss))


def timing(run):
    seconds = []
    for _ in range(5):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return {"milliseconds": 1e3 * statistics.median(seconds), "fastest": 1e3 * min(seconds)}


def to_tensor(matrix):
    return torch.tensor(matrix["data"]).reshape(matrix["rows"], matrix["cols"])


main(*sys.argv[1:])
