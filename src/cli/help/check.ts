import { CHECK_OPTION, COMPUTE_OPTIONS, DATA_OPTIONS, EXIT_CODES, MODEL_OPTIONS } from './shared.js';

export const CHECK_HELP = `Usage: hessbound check <model> <data> --max-sharpness <x> [options]

Is the largest eigenvalue of the loss Hessian at most x? For continuous
integration: one line, and the exit code.

  0  the guaranteed upper bound is at most x: so is λ_max
  1  it is above. Either λ_max is proven to be above x too, or nothing is proven
     and more products may decide; the line says which

Stops as soon as that is decided, so it may take less than analyze does.

Examples
  hessbound check model.npz data.csv --activation tanh --max-sharpness 20
  hessbound check model.onnx data.npz --max-sharpness 20 --max-products 500
  hessbound check model.json iris --max-sharpness 2.5 --exact

What to compute
  --max-sharpness <x>    the largest λ_max that is allowed
  --exact                compare the exact value instead, from the assembled
                         Hessian (up to 16,384 parameters)
  --bounds <list>        as for analyze; default: wolkowiczStyan,deflated
  --tolerance <x>        where to give up closing the interval (default 1e-6)
  --max-products <n>     Hessian-vector products to take at most (default 200)
  --certified            by bounds proven in interval arithmetic, slower
${COMPUTE_OPTIONS}
${MODEL_OPTIONS}${CHECK_OPTION}
${DATA_OPTIONS}
What to print
  --dry-run              what it will take, in memory and time, and no more
  --json                 one JSON document; the line of a check that failed is
                         on standard error
  -q, --quiet            nothing where the check is passed
  -h, --help             this text

${EXIT_CODES}`;
