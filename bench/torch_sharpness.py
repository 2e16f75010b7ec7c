"""Sharpness as it is usually estimated, by PyTorch: torch_sharpness.py DIRECTORY, as bench/certificate.ts runs it.

Power iteration on Hessian-vector products by double backward, until the estimate of the eigenvalue changes by less than 1e-3 of itself (the
rule and the default of PyHessian) or for 100 products, and Hutchinson's estimate of the trace from 100 random sign vectors. One thread,
double precision, seeded. Reads problem.json (shapes) and the doubles beside it; prints JSON.
"""

import json
import os
import sys
import time

import torch

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)
torch.manual_seed(0)


def main(directory):
    with open(os.path.join(directory, "problem.json")) as file:
        problem = json.load(file)

    def read(name, *shape):
        with open(os.path.join(directory, name), "rb") as file:
            return torch.frombuffer(bytearray(file.read()), dtype=torch.float64).reshape(*shape)

    widths, samples = problem["widths"], problem["samples"]
    inputs = read("inputs.bin", samples, widths[0])
    targets = read("targets.bin", samples).long()
    parameters = []
    for l, (n, m) in enumerate(zip(widths, widths[1:])):
        parameters += [read(f"weights{l}.bin", m, n).requires_grad_(), read(f"bias{l}.bin", m).requires_grad_()]

    x = inputs
    for l in range(0, len(parameters), 2):
        x = torch.nn.functional.linear(x, parameters[l], parameters[l + 1])
        x = torch.tanh(x) if l + 2 < len(parameters) else x
    loss = torch.nn.functional.cross_entropy(x, targets)
    gradient = flat(torch.autograd.grad(loss, parameters, create_graph=True))

    def product(v):
        return flat(torch.autograd.grad(gradient, parameters, grad_outputs=v, retain_graph=True))

    start = time.perf_counter()
    v = torch.randn_like(gradient)
    v /= v.norm()
    estimates = []
    while len(estimates) < 100:
        image = product(v)
        estimates.append(float(v @ image))
        v = image / image.norm()
        if len(estimates) > 1 and abs(estimates[-1] - estimates[-2]) < 1e-3 * abs(estimates[-1]):
            break
    power = {"products": len(estimates), "seconds": time.perf_counter() - start, "value": estimates[-1]}

    start = time.perf_counter()
    samples_of_trace = []
    for _ in range(100):
        signs = torch.randint(0, 2, gradient.shape).to(torch.float64) * 2 - 1
        samples_of_trace.append(float(signs @ product(signs)))
    mean = sum(samples_of_trace) / len(samples_of_trace)
    trace = {"products": len(samples_of_trace), "seconds": time.perf_counter() - start, "value": mean}
    print(json.dumps({"version": torch.__version__, "loss": float(loss), "power": power, "trace": trace}))


def flat(tensors):
    return torch.cat([tensor.reshape(-1) for tensor in tensors])


if __name__ == "__main__":
    main(sys.argv[1])
