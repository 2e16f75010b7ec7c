/** What --help prints, at most 80 columns wide. */
import { ACTIVATIONS, LOSSES } from '../network.js';

const EXIT_CODES = `Exit codes
  0    done
  1    an iteration did not converge, or an unexpected failure
  2    bad usage or bad input; one line on standard error says what and where
  130  interrupted
`;

const FORMAT = `The files
  network.json  layers from input to output; weights hold a row for each output,
                as PyTorch's nn.Linear stores them; bias, activation (identity)
                and weightDecay (0) may be left out:

    {
      "layers": [
        {
          "weights": [[2.1, -1.9], [-1.6, 1.8], [0.4, 0.3]],
          "bias": [-0.9, -0.7, 0.2],
          "activation": "tanh"
        },
        { "weights": [[2.5, 2.3, -0.6]], "bias": [2.0] }
      ],
      "loss": "sigmoid-cross-entropy",
      "weightDecay": 0
    }

  data.json     a row of inputs for each sample; targets are class indices for
                softmax, values for a single output, otherwise rows; weights of
                the samples ("weights": [1, 1, 2, 1]) may be left out:

    { "inputs": [[0, 0], [0, 1], [1, 0], [1, 1]], "targets": [0, 1, 1, 0] }

  A matrix may also be { "rows": 2, "cols": 2, "data": [1, 2, 3, 4] }.
  Whatever is missing, misspelt or of the wrong size is reported by its place.

  Activations   ${wrapped(ACTIVATIONS)}
  Losses        ${wrapped(LOSSES)}

  The loss is the mean over samples. Over the outputs of one sample, squared
  error (half of it) and sigmoid cross-entropy are sums, not means.
`;

const ANALYZE = `Usage: hessbound analyze <network.json> <data.json> [options]

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
  --json          one JSON document instead of the report
  -q, --quiet     nothing on standard error unless something is wrong
  -h, --help      this text

${FORMAT}
${EXIT_CODES}`;

const DEMO = `Usage: hessbound demo [options]

Trains a small network on Fisher's iris (150 flowers, 4 measurements, 3 species;
built in) and prints its report. The same seed gives the same numbers anywhere.

Options
  --steps <n>     full-batch Adam steps of 0.01 (default 500; 0: untrained)
  --seed <n>      of the initial weights (default 1)
  --hidden <n>    width of the hidden layer (default 8), or several: 16,16
  --save <dir>    also write network.json and data.json there, for analyze
  --exact         also compute every eigenvalue, whatever the size
  --no-exact      only the bounds; by default up to 500 parameters are exact too
  --json          one JSON document instead of the report
  -q, --quiet     nothing on standard error unless something is wrong
  -h, --help      this text

Try
  hessbound demo --steps 0              how much sharper before training?
  hessbound demo --hidden 32,32         two hidden layers
  hessbound demo --save iris
  hessbound analyze iris/network.json iris/data.json

${EXIT_CODES}`;

const HESSBOUND = `Usage: hessbound <command> [options]

How sharp is a neural network's loss surface? The answer printed is guaranteed:
an interval that contains the largest eigenvalue of the loss Hessian, from the
exact trace and Frobenius norm of that Hessian, without sampling.

Commands
  demo            train a small network on the spot and report on it
  analyze         report on your own network and data, from two JSON files

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

export const HELP = { hessbound: HESSBOUND, analyze: ANALYZE, demo: DEMO };

function wrapped(names: readonly string[]): string {
  const lines: string[] = [];
  for (const name of names) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 2 + name.length <= 62)
      lines[lines.length - 1] = `${last}, ${name}`;
    else lines.push(name);
  }
  return lines.join(`,\n${' '.repeat(16)}`);
}
