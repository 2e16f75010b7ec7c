import { EXIT_CODES } from './shared.js';

export const HESSBOUND_HELP = `Usage: hessbound <command> [options]

How sharp is a neural network's loss surface? The answer printed is guaranteed:
an interval that contains the largest eigenvalue of the loss Hessian, from the
exact trace and Frobenius norm of that Hessian, without sampling.

Commands
  demo            train a small network on the spot and report on it
  analyze         report on your own network and data, from two JSON files
  merge           the report of an analysis computed in parts (analyze --shard)

  hessbound <command> --help explains each, and the form of the files.

Examples
  hessbound demo
  hessbound analyze network.json data.json
  hessbound analyze network.json data.json --json > report.json

Options
  -h, --help      this text
  -v, --version   the version

Colour is used on terminals, unless NO_COLOR is set; FORCE_COLOR=1 asks for it.

${EXIT_CODES}`;
