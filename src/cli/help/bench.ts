import { EXIT_CODES } from './shared.js';

export const BENCH_HELP = `Usage: hessbound bench [options]

How fast is this machine? Times the WebAssembly core against plain JavaScript:
the same mathematics, as well as that can be written on typed arrays, one thread
each. Gram matrix, Frobenius norm, eigenvalues and vectors, exact trace and norm
of a Hessian (moments), the Hessian itself, and its product with a vector. Every
result is checked against the other's before anything is timed. Half a minute.

Options
  --quick         smaller tasks and fewer runs: ten seconds, rougher numbers
  --json          one JSON document instead of the table, times in milliseconds
  -q, --quiet     nothing on standard error unless something is wrong
  -h, --help      this text

The table
  Times are medians; fastest is the least; ± is the median distance from the
  median, of all runs of a task. The last column says how many times as long
  plain JavaScript takes.

Try
  hessbound bench
  hessbound bench --quick --json > machine.json

${EXIT_CODES}`;
