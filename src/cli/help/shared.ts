/** What several --help texts share, at most 80 columns wide. */
import { ACTIVATIONS, LOSSES } from '../../network.js';

export const EXIT_CODES = `Exit codes
  0    done
  1    an iteration did not converge, or an unexpected failure
  2    bad usage or bad input; one line on standard error says what and where
  130  interrupted
`;

export const FORMAT = `The files
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
