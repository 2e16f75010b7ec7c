import { EXIT_CODES } from './shared.js';

export const HESSBOUND_HELP = `Usage: hessbound <command> [options]

How sharp is a neural network's loss surface? The answer printed is guaranteed:
an interval that contains the largest eigenvalue of the loss Hessian, from the
exact trace and Frobenius norm of that Hessian, without sampling.

Commands
  analyze         report on your network and data, from files of any format
  check           fail (exit code 1) where λ_max may be above a limit: for CI
  train           train a network on your data, and watch how sharp it becomes
  demo            train a small network on the spot and report on it
  datasets        the bundled data sets: what there is, and any as a file
  convert         a network from one format to another, the same to the bit
  merge           the report of an analysis that was computed in parts
  bench           time this machine, WebAssembly against plain JavaScript

  hessbound help <command> explains each.

Examples
  hessbound demo
  hessbound analyze model.safetensors data.csv --activation tanh
  hessbound analyze model.onnx data.npz --html report.html
  hessbound check model.onnx data.npz --max-sharpness 20

Options
  -h, --help      this text
  -v, --version   the version

Colour and progress are shown on terminals. Without colour: NO_COLOR=1; without
progress: --quiet. FORCE_COLOR=1 asks for colour elsewhere.

${EXIT_CODES}`;
