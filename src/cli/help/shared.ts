/** What several --help texts share, at most 80 columns wide. */
import { ACTIVATIONS, LOSSES } from '../../network.js';

export const EXIT_CODES = `Exit codes
  0    done
  1    a check failed, an iteration did not converge, or an unexpected failure
  2    bad usage or bad input; one line on standard error says what and where
  130  interrupted by Ctrl-C (143 by SIGTERM); nothing half-written is left
`;

export const MODEL_OPTIONS = `What the model's file does not say
  --activation <name>    of the hidden layers, where the file has weights only
  --activations <list>   of every layer, the last included: tanh,gelu,identity
  --loss <name>          what the network was trained with
  --weight-decay <x>     ω of (ω/2)‖θ‖² in the loss
  --layout <which>       how weights are stored: out-in, as PyTorch does, or
                         in-out, as Keras, scikit-learn and JAX do
  --layers <list>        names of the layers from input to output
`;

export const DATA_OPTIONS = `What the data's file does not say
  --label <column>       by name, by number from 1, or last (the default unless
                         one is called label, target, class, species or y);
                         several, separated by commas, for several outputs
  --features <columns>   the inputs; by default all other columns
  --ignore <columns>     columns to leave out
  --sample-weights <column>
  --header, --no-header  whether the first line of CSV holds names; by default
                         that is seen
  --classes <list>       what the outputs stand for, in their order
  --one-hot              class labels become rows of zeros and a one
  --targets <file>       the targets, where the data are a .npy of inputs alone
  --standardize          every input to mean 0 and standard deviation 1; the
                         parameters are in the report
  --samples <n>, --noise <x>
                         of a bundled data set that is generated
`;

export const CHECK_OPTION = `  --check <logits.npy>   logits (or probabilities) of the original for the first
                         samples, .npy or .csv: the network has to give the
                         same, and an activation or layout that is not said
                         is found
`;

export const COMPUTE_OPTIONS = `  --workers <n>          threads that compute (default: as many as the machine
                         has); the numbers are the same to the bit for any
  --seed <n>             of what is seeded: the certificate's first vector
                         (default 0) and the probes of --density
`;

export const NAMES = `Names
  Activations   ${wrapped(ACTIVATIONS)}
  Losses        ${wrapped(LOSSES)}

  The loss is the mean over samples. Over the outputs of one sample, squared
  error (half of it) and sigmoid cross-entropy are sums, not means.
`;

export const FORMAT = `The project's JSON, where there is no other file
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
`;

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
