import { EXIT_CODES, FORMAT } from './shared.js';

export const ANALYZE_HELP = `Usage: hessbound analyze <network.json> <data.json> [options]

How sharp is the loss surface of this network on these data? Prints an interval
that is guaranteed to contain the largest eigenvalue of the loss Hessian, beside
the exact value where the network is small enough, and what they are made of.
A dash (-) as a file name reads that file from standard input.

Options
  --exact         also compute every eigenvalue, whatever the size
  --no-exact      only the bounds; by default up to 500 parameters are exact too
  --density       also estimate how the eigenvalues are spread, for networks too
                  large for that: sampled, the one thing here not guaranteed
  --explain       also say why the bound from the moments is what it is: which
                  part of the curvature, which samples and which layers carry it
  --certified     bounds proven in interval arithmetic, slower (10 to 60 times):
                  of wolkowiczStyan, layerBlocks and deflated
  --bounds <list> all, or names separated by commas: wolkowiczStyan (from the
                  trace and the norm alone), layerBlocks (from those of the
                  layers' blocks), gaussNewton (from those of two parts),
                  quartic (from four moments, up to 4,000 parameters), deflated
                  (the certificate, which closes the interval product by
                  product), aPriori (from norms alone); default:
                  wolkowiczStyan,deflated
  --tolerance <x> how far to close the interval, relative to its ends
                  (default 1e-6)
  --max-products <n>
                  Hessian-vector products to take for that (default 200)
  --shard <i/n>   only part i of n, from 1 to n, of what takes long: the parts
                  can be computed on different machines, for hessbound merge
  -o, --output <file>
                  where the part is written (default: standard output)
  --json          one JSON document instead of the report
  -q, --quiet     nothing on standard error unless something is wrong
  -h, --help      this text

${FORMAT}
${EXIT_CODES}`;
