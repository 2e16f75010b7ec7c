"""Training steps of bench/training.ts's network by PyTorch: torch_training.py PROBLEM.json, as bench/training.ts runs it.

One thread, double precision, full batch: zero_grad, loss, backward and step, as everyone writes it. Answers one line of JSON for each line
read: "start" with the version; "parameters NAME STEPS" with the parameters after so many steps of an optimizer from the start; "time NAME
STEPS" with the milliseconds of a step, of so many more.
"""

import copy
import json
import sys
import time

import torch

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)


def main(problem):
    with open(problem) as file:
        content = json.load(file)
    inputs = to_tensor(content["data"]["inputs"])
    targets = torch.tensor(content["data"]["targets"])
    start = torch.nn.Sequential()
    for layer in content["network"]["layers"]:
        linear = torch.nn.Linear(layer["weights"]["cols"], layer["weights"]["rows"])
        with torch.no_grad():
            linear.weight.copy_(to_tensor(layer["weights"]))
            linear.bias.copy_(torch.tensor(layer["bias"]))
        start.append(linear)
        if layer["activation"] == "tanh":
            start.append(torch.nn.Tanh())

    runs = {}
    for line in sys.stdin:
        command, *arguments = line.split()
        if command == "start":
            answer = {"version": torch.__version__, "threads": torch.get_num_threads()}
        else:
            name, count = arguments[0], int(arguments[1])
            if command == "parameters":
                runs[name] = begin(copy.deepcopy(start), inputs, targets, *ways(**content["settings"])[name])
            model, steps = runs[name]
            begun = time.perf_counter()
            steps(count)
            answer = 1000 * (time.perf_counter() - begun) / count
            if command == "parameters":
                answer = torch.nn.utils.parameters_to_vector(model.parameters()).tolist()
        print(json.dumps(answer), flush=True)


def begin(model, inputs, targets, make, step):
    """A fresh model, and what makes so many steps with it."""
    optimizer = make(model.parameters())

    def loss():
        return torch.nn.functional.cross_entropy(model(inputs), targets)

    def steps(count):
        for _ in range(count):
            step(optimizer, loss)

    return model, steps


def ways(rate, momentum, rho):
    def sgd(parameters):
        return torch.optim.SGD(parameters, rate, momentum=momentum)

    def adam(parameters):
        return torch.optim.Adam(parameters, rate)

    def plain(optimizer, loss):
        optimizer.zero_grad()
        loss().backward()
        optimizer.step()

    def sam(optimizer, loss):
        """PyTorch has no SAM; this is its usual form, with the functions for lists of tensors."""
        parameters = optimizer.param_groups[0]["params"]
        optimizer.zero_grad()
        loss().backward()
        with torch.no_grad():
            gradients = [p.grad for p in parameters]
            size = torch.stack([g.norm() for g in gradients]).norm()
            moves = torch._foreach_mul(gradients, (rho / size).item())
            torch._foreach_add_(parameters, moves)
        optimizer.zero_grad()
        loss().backward()
        with torch.no_grad():
            torch._foreach_sub_(parameters, moves)
        optimizer.step()

    return {"sgd": (sgd, plain), "adam": (adam, plain), "sam": (sgd, sam)}


def to_tensor(matrix):
    return torch.tensor(matrix["data"]).reshape(matrix["rows"], matrix["cols"])


main(*sys.argv[1:])
