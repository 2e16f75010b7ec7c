import { EXIT_CODES } from './shared.js';

export const DATASETS_HELP = `Usage: hessbound datasets [<name>] [options]

Without a name, lists the bundled data sets: their shapes, sources and licences.
With one, writes it as CSV to standard output, or to a file. Commands that take
a file of data take these names, too, where there is no such file.

Options
  -o, --output <file>
                  .csv, .npz or .json; a dash (-): CSV to standard output
  --samples <n>   of moons, circles, spirals and xor: how many (default 200)
  --noise <x>     their normal noise, as a standard deviation (default 0.1)
  --seed <n>      of their random numbers (default 1); the same everywhere
  --turns <x>     of each spiral (default 1)
  --json          the list, or the data, as one JSON document
  -q, --quiet     nothing on standard error unless something is wrong
  -h, --help      this text

Try
  hessbound datasets moons --samples 200 --noise 0.1 --seed 1 -o moons.csv
  hessbound analyze model.json iris

${EXIT_CODES}`;
