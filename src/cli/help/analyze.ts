import {
  CHECK_OPTION,
  COMPUTE_OPTIONS,
  DATA_OPTIONS,
  EXIT_CODES,
  FORMAT,
  MODEL_OPTIONS,
  NAMES,
} from './shared.js';

export const ANALYZE_HELP = `Usage: hessbound analyze <model> <data> [options]

How sharp is the loss surface of this network on these data? Prints an interval
that is guaranteed to contain the largest eigenvalue of the loss Hessian, beside
the exact value where the network is small enough, and what they are made of.

  <model>  safetensors, ONNX, Keras, TF.js, NumPy .npz, scikit-learn's (by three
           lines of export), or the project's JSON (docs/formats.md)
  <data>   CSV, .npz, .npy, JSON, or the name of a bundled data set
           (hessbound datasets); a dash (-) reads either from standard input

Examples
  hessbound analyze model.safetensors data.csv --activation tanh
  hessbound analyze model.onnx data.npz --html report.html
  hessbound analyze model.json iris --explain
  hessbound analyze big.keras data.csv --label species --dry-run
  hessbound analyze model.safetensors data.csv --check logits.npy
  hessbound analyze network.json data.json --json > report.json

What to compute
  --exact                also every eigenvalue, whatever the size
  --no-exact             only the bounds; by default up to 500 parameters are
                         exact too
  --bounds <list>        all, or names separated by commas: wolkowiczStyan (from
                         the trace and the norm alone), layerBlocks (from those
                         of the layers' blocks), gaussNewton (from those of two
                         parts), quartic (from four moments, up to 4,000
                         parameters), deflated (the certificate, which closes
                         the interval product by product), aPriori (from norms
                         alone); default: wolkowiczStyan,deflated
  --tolerance <x>        how far to close the interval, relative to its ends
                         (default 1e-6)
  --max-products <n>     Hessian-vector products to take for that (default 200)
  --certified            bounds proven in interval arithmetic, slower (10 to 60
                         times): of wolkowiczStyan, layerBlocks and deflated
  --density              also estimate how the eigenvalues are spread, for large
                         networks: sampled, the one thing here not guaranteed
  --explain              also say why the bound from the moments is what it is:
                         which part of the curvature, which samples and layers
  --shard <i/n>          only part i of n, from 1 to n, of what takes long; the
                         parts can be computed on different machines, and
                         hessbound merge makes the report of them
                         (docs/many-machines.md)
  -o, --output <file>    where the part is written (default: standard output)
${COMPUTE_OPTIONS}
${MODEL_OPTIONS}${CHECK_OPTION}
${DATA_OPTIONS}
What to print
  --dry-run              what it will take, in memory and time, and no more
  --html <file>          also write the report there as a page, with every
                         figure: one file that loads nothing; with --explain
  --export-python <file.py>
                         also write a script that computes the same in PyTorch
                         and compares, and file.npz, the arrays that it reads
                         Files that are written replace what was there.
  --json                 one JSON document instead of the report
  -q, --quiet            nothing on standard error unless something is wrong
  -h, --help             this text

${NAMES}
${FORMAT}
${EXIT_CODES}`;
