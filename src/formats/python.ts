/**
 * A network, its data and what was found of it, for a reviewer with PyTorch: a short script that rebuilds the network and computes loss,
 * trace, Frobenius norm and λ_max by automatic differentiation, which shares nothing with what it checks, and a NumPy archive beside it
 * with the weights, under PyTorch's names, and the data, every double to the bit.
 */
import {
  type Activation,
  checkDataset,
  checkNetwork,
  type Dataset,
  type Loss,
  type Network,
} from '../network.js';
import { npyOfNumbers, npz, type NpzEntry } from './write.js';

/** What the script compares with, as sharpness and analyze give it. */
export interface PythonResults {
  loss?: number;
  moments: { trace: number; frobeniusNorm: number };
  lower: number;
  upper: number;
  exact?: { largest: number };
}

export interface PythonScript {
  /** Save it as any-name.py. */
  script: string;
  /** Save it beside the script, as any-name.npz. */
  arrays: Uint8Array<ArrayBuffer>;
}

/**
 * The script needs Python 3.8, NumPy and PyTorch, 1.13 or later, and nothing else. Up to 3,000 parameters it assembles the Hessian; above,
 * trace and norm come row by row of it, and λ_max from a Lanczos process, which is never above λ_max. It prints its numbers beside the
 * results, if given, and exits with 1 where they disagree.
 *
 * @throws TypeError or RangeError for a network or data that the library would refuse
 */
export async function pythonScript(
  network: Network,
  data: Dataset,
  results?: PythonResults,
): Promise<PythonScript> {
  const net = checkNetwork(network);
  const { samples, inputs, targets } = checkDataset(net, data);
  const weights = Float64Array.from(data.weights ?? new Float64Array(samples).fill(1));
  const arrays: NpzEntry[] = [
    ['inputs', npyOfNumbers([samples, net.inputs], inputs)],
    ['targets', npyOfNumbers([samples, net.outputs], targets)],
    ['sample_weights', npyOfNumbers([samples], weights)],
  ];
  const modules: string[] = [];
  net.layers.forEach((layer, l) => {
    const { inputs: n, outputs: m, bias, activation } = layer;
    arrays.push([`${2 * l}.weight`, npyOfNumbers([m, n], layer.weights)]);
    if (bias) arrays.push([`${2 * l}.bias`, npyOfNumbers([m], bias)]);
    modules.push(`nn.Linear(${n}, ${m}${bias ? '' : ', bias=False'})`, MODULES[activation]);
  });
  // Of a row of the Hessian, automatic differentiation keeps a few numbers for each unit and sample.
  const units = net.layers.reduce((sum, layer) => sum + layer.outputs, net.inputs);
  const rows = Math.max(1, Math.min(256, Math.floor(ROW_MEMORY / (units * samples))));
  return {
    script: template(modules, LOSS_LINES[net.loss], net.weightDecay, rows, results),
    arrays: await npz(arrays),
  };
}

/** Numbers. */
const ROW_MEMORY = 1e7;

const MODULES: Readonly<Record<Activation, string>> = {
  identity: 'nn.Identity()',
  tanh: 'nn.Tanh()',
  sigmoid: 'nn.Sigmoid()',
  // By default it is linear above 20.
  softplus: 'nn.Softplus(threshold=700)',
  gelu: 'nn.GELU()',
  'gelu-tanh': "nn.GELU(approximate='tanh')",
  silu: 'nn.SiLU()',
  sin: 'Pointwise(torch.sin)',
  arctan: 'Pointwise(torch.atan)',
  erf: 'Pointwise(torch.erf)',
};

/** Of each sample, from its outputs z and targets y; targets are probabilities, classes as rows of 0 and 1. */
const LOSS_LINES: Readonly<Record<Loss, string>> = {
  'softmax-cross-entropy': '-(y * torch.log_softmax(z, 1)).sum(1)',
  'sigmoid-cross-entropy': 'nn.functional.binary_cross_entropy_with_logits(z, y, reduction="none").sum(1)',
  'squared-error': '0.5 * ((z - y) ** 2).sum(1)',
};

function template(
  modules: readonly string[],
  loss: string,
  weightDecay: number,
  rows: number,
  results: PythonResults | undefined,
): string {
  const ours = results
    ? [
        ...(results.loss === undefined ? [] : [['loss', results.loss] as const]),
        ...(results.exact ? [['lambda_max', results.exact.largest] as const] : []),
        ['trace', results.moments.trace] as const,
        ['Frobenius norm', results.moments.frobeniusNorm] as const,
      ]
    : [];
  return `"""Checks what hessbound computed with PyTorch's automatic differentiation, which shares no code with it.

    python check.py        (this file, under whatever name; NumPy and PyTorch 1.13 or later)

Reads weights and data from the .npz of the same name. Exits with 1 where the two disagree.
"""
import sys
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn

torch.set_default_dtype(torch.float64)

# What hessbound found; the bracket is guaranteed to contain lambda_max.
OURS = {${ours.map(([name, value]) => `${JSON.stringify(name)}: ${pythonNumber(value)}`).join(', ')}}
BRACKET = ${results ? `(${pythonNumber(results.lower)}, ${pythonNumber(results.upper)})` : 'None'}
TOLERANCE = 1e-9  # relative

WEIGHT_DECAY = ${pythonNumber(weightDecay)}  # times half the sum of all squared parameters
LIMIT = 3000  # up to so many parameters the Hessian is assembled
ROWS = ${rows}  # of the Hessian at a time; fewer take less memory

${modules.some((module) => module.startsWith('Pointwise')) ? POINTWISE : ''}
model = nn.Sequential(
${modules.map((module) => `    ${module},\n`).join('')})


def sample_losses(z, y):
    return ${loss}

${BODY}`;
}

/** JavaScript's shortest digits are read back to the bit. */
function pythonNumber(x: number): string {
  return Number.isFinite(x) ? String(x) : `float("${x}")`;
}

const POINTWISE = `
class Pointwise(nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)

`;

const BODY = `
def main():
    arrays = {name: torch.from_numpy(array) for name, array in np.load(Path(__file__).with_suffix(".npz")).items()}
    model.load_state_dict({name: arrays[name] for name in model.state_dict()})
    parameters = list(model.parameters())
    weights = arrays["sample_weights"]
    losses = sample_losses(model(arrays["inputs"]), arrays["targets"])
    loss = (weights * losses).sum() / weights.sum()
    loss = loss + WEIGHT_DECAY / 2 * sum((p**2).sum() for p in parameters)
    gradient = torch.cat([g.reshape(-1) for g in torch.autograd.grad(loss, parameters, create_graph=True)])
    P = gradient.numel()
    # Where units saturate, PyTorch's 1 - p and the like lose their digits: that much of the curvature is rounding.
    reach = 1 + (arrays["inputs"] ** 2).sum(1).mean().item()
    for p in parameters:
        reach *= max(1.0, torch.linalg.matrix_norm(p, 2).item() ** 2) if p.dim() == 2 else 1.0
    rounding = 1e-15 * reach

    def times_hessian(vectors):
        """Each row of vectors times the Hessian."""
        products = torch.autograd.grad(gradient, parameters, vectors, retain_graph=True, is_grads_batched=True)
        return torch.cat([product.reshape(len(vectors), -1) for product in products], 1)

    print(f"PyTorch {torch.__version__}: {P} parameters, {len(weights)} samples")
    agree = [compare("loss", loss.item(), rounding)]
    if P > LIMIT:
        value, residual = lanczos(times_hessian, P)
        agree.append(inside(value, residual, rounding, "by Lanczos, from below"))
    trace, squares, hessian = 0.0, 0.0, []
    start = time.time()
    for first in range(0, P, ROWS):
        count = min(ROWS, P - first)
        rows = times_hessian(torch.eye(count, P).roll(first, 1))
        trace += rows.diagonal(first).sum().item()
        squares += (rows**2).sum().item()
        if P <= LIMIT:
            hessian.append(rows)
        elif sys.stderr.isatty():
            left = (time.time() - start) * (P - first - count) / (first + count)
            print(f"\\rrow {first + count} of {P}, {left / 60:.1f} min left ", end="", file=sys.stderr)
    norm = squares**0.5
    if hessian:
        value = torch.linalg.eigvalsh(torch.cat(hessian))[-1].item()
        agree += [inside(value, 0.0, rounding, "of all eigenvalues"), compare("lambda_max", value, rounding, norm)]
    agree += [compare("trace", trace, rounding, norm), compare("Frobenius norm", norm, rounding)]
    if OURS:
        print("agrees" if all(agree) else "DISAGREES")
    return 0 if all(agree) else 1


def compare(name, theirs, rounding, scale=0.0):
    ours = OURS.get(name)
    if ours is None:
        print(f"{name:<15} PyTorch {theirs:<24.16g}")
        return True
    scale = max(abs(ours), abs(theirs), scale)
    difference = abs(theirs - ours) / scale if scale > 0 else 0.0
    print(f"{name:<15} PyTorch {theirs:<24.16g} hessbound {ours:<24.16g} relative difference {difference:.1e}")
    return abs(theirs - ours) <= TOLERANCE * scale + rounding


def inside(value, residual, rounding, how):
    """value is at most lambda_max, and an eigenvalue lies within residual of it."""
    if BRACKET is None:
        print(f"{'lambda_max':<15} PyTorch {value:<24.16g} {how}")
        return True
    lower, upper = BRACKET
    slack = TOLERANCE * max(abs(lower), abs(upper)) + rounding
    within = lower - slack <= value + residual and value - slack <= upper
    print(f"{'lambda_max':<15} PyTorch {value:<24.16g} {how}, {'in' if within else 'NOT in'} {lower!r} to {upper!r}")
    return within


def lanczos(times_hessian, P, most=300):
    """The largest eigenvalue met, and the length of its residual, with full reorthogonalization."""
    q = torch.randn(P, generator=torch.Generator().manual_seed(0))
    basis, diagonal, beside = [], [], []
    norm = q.norm()
    while True:
        basis.append(q / norm)
        q = times_hessian(basis[-1][None])[0]
        diagonal.append(q @ basis[-1])
        for _ in range(2):
            q = q - torch.stack(basis).T @ (torch.stack(basis) @ q)
        norm = q.norm()
        T = torch.diag(torch.stack(diagonal))
        for k, b in enumerate(beside):
            T[k, k + 1] = T[k + 1, k] = b
        values, vectors = torch.linalg.eigh(T)
        residual = (norm * vectors[-1, -1]).abs().item()
        if residual <= 1e-10 * values.abs().max().item() or len(basis) == min(P, most):
            return values[-1].item(), residual
        beside.append(norm)


if __name__ == "__main__":
    sys.exit(main())
`;
