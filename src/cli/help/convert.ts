import { EXIT_CODES, MODEL_OPTIONS, NAMES } from './shared.js';

export const CONVERT_HELP = `Usage: hessbound convert <model> -o <file> [options]

Reads a network in any format that analyze takes, says what was inferred, and
writes it in another: double precision, with activations, loss and weight decay,
so that reading it back gives the same network to the bit and needs no options.

Examples
  hessbound convert model.onnx -o model.json
  hessbound convert weights.safetensors -o network.npz --activation tanh \\
    --loss softmax-cross-entropy
  hessbound convert model.keras -o model.safetensors

Options
  -o, --output <file>    its ending decides the format: .json, .safetensors (for
                         nn.Sequential's load_state_dict) or .npz
  --force                replace a file of that name
  --json                 what was read and written as one JSON document
  -q, --quiet            nothing on standard error unless something is wrong
  -h, --help             this text

${MODEL_OPTIONS}
${NAMES}
${EXIT_CODES}`;
