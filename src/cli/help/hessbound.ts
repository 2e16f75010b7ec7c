import { EXIT_CODES } from './shared.js';

export const HESSBOUND_HELP = `Usage: hessbound <command> [options]

How sharp is a neural network's loss surface? The answer printed is guaranteed:
an interval that contains the largest eigenvalue of the loss Hessian, from the
exact trace and Frobenius norm of that Hessian, without sampling.

Commands
  analyze         report on your network and data, from files of any format
  check           fail (exit code 1) where λ_max may be above a limit: for CI
  convert         a network from one format to another, the same to the bit
  datasets        the bundled data sets, and any of them as a file
  demo            train a small network on the spot and report on it

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
