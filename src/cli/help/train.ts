import { INITIALIZERS } from '../../initialization.js';
import { DATA_OPTIONS, EXIT_CODES, NAMES } from './shared.js';

export const TRAIN_HELP = `Usage: hessbound train <data> [options]

Trains a network on a file of data, or a bundled data set (hessbound datasets),
and prints how loss and sharpness go: a guaranteed interval for the largest
eigenvalue of the loss Hessian every so many steps, and beside it, for sgd, the
2/η above which plain descent is unstable on the quadratic model. Ends with the
report of hessbound analyze. The same seed gives the same numbers anywhere.

Examples
  hessbound train iris --standardize
  hessbound train data.csv --hidden 32,32 --activation gelu -o model.safetensors
  hessbound train moons --optimizer sgd --learning-rate 0.5 --steps 2000
  hessbound train digits --batch-size 100 --regularizer hsr --strength 0.001
  hessbound train data.csv --from model.safetensors --activation tanh
  hessbound train iris --steps 500 --save-state state.json
  hessbound train iris --steps 500 --resume state.json

The network
  --hidden <widths>      of the hidden layers: 16 (the default), 32,32, or none
  --activation <name>    of the hidden layers (default tanh)
  --loss <name>          by default what the targets ask for
  --weight-decay <x>     ω of (ω/2)‖θ‖² in the loss, and in its Hessian
  --init <name>          how weights are drawn: ${wrap(INITIALIZERS.filter((name) => !/xavier|kaiming/.test(name)))}
                         (default glorot-uniform)
  --seed <n>             of the weights and of the order of batches (default 1)
  --from <model>         go on with a network from a file instead, of any format
                         that analyze reads; --activations, --layout, --layers
                         and --check say what the file does not

The steps
  --steps <n>            how many (default 500)
  --optimizer <name>     adam (default), sgd or sam
  --learning-rate <x>    η (default 0.01 for adam, 0.1 for sgd)
  --schedule <how>       linear (to 0 over these steps), linear:STEPS, or
                         step:EVERY:FACTOR
  --momentum <x>         of sgd (default 0)
  --base <name>          of sam: sgd (default) or adam
  --rho <x>              of sam (default 0.05)
  --batch-size <n>       samples a step (default: all)
  --decoupled-decay <x>  θ ← (1 − ηx) θ before each step, as AdamW has it
  --regularizer <name>   adds to the loss: hsr, the Wolkowicz-Styan bound on
                         λ_max; frobenius, ‖H‖_F
  --strength <x>         times that
  --normalized           instead a step of its own, of length ηx
  --save-state <file>    write there all that it takes to go on later
  --resume <file>        go on from there, in the same bits as in one piece,
                         with the options of the first time

What to print
  --dry-run              what it will take, in memory and time, and no more
  --report <n>           a line every n steps (default: ten lines)
  --measure <list>       certificate (default: a bracket closed to 0.1 %),
                         bound, exact, separated by commas, or none
  -o, --output <file>    write the trained network: .safetensors, .npz or .json
  --no-report            no report at the end
  --exact, --no-exact    in it, every eigenvalue, or none; by default up to 500
                         parameters
  --html <file>          also write it as a page
  --export-python <file.py>
                         also write a script that computes the same in PyTorch
                         and compares, and file.npz, the arrays that it reads
  --workers <n>          threads that compute (default: as many as the machine
                         has); the numbers are the same to the bit for any
  --json                 one JSON document instead, all lines in its history
  -q, --quiet            nothing on standard error unless something is wrong
  -h, --help             this text

Ctrl-C ends the training. What -o and --save-state ask for is written then, too,
as of the last step known, at most a two-hundredth of all steps ago.

${DATA_OPTIONS}
${NAMES}
${EXIT_CODES}`;

function wrap(names: readonly string[]): string {
  return `${names.slice(0, 2).join(', ')},\n${' '.repeat(25)}${names.slice(2).join(', ')}`;
}
