import { EXIT_CODES } from './shared.js';

export const DEMO_HELP = `Usage: hessbound demo [options]

Trains a small network on Fisher's iris (150 flowers, 4 measurements, 3 species;
built in) and prints its report. The same seed gives the same numbers anywhere.

Options
  --steps <n>     full-batch Adam steps of 0.01 (default 500; 0: untrained)
  --seed <n>      of the initial weights (default 1)
  --hidden <n>    width of the hidden layer (default 8), or several: 16,16
  --save <dir>    also write network.json and data.json there, for analyze
  --exact         also compute every eigenvalue, whatever the size
  --no-exact      only the bounds; by default up to 500 parameters are exact too
  --html <file>   also write the report there as a page, with every figure: one
                  file that loads nothing, to show or to print
  --workers <n>   threads that compute (default: as many as the machine has)
  --json          one JSON document instead of the report
  -q, --quiet     nothing on standard error unless something is wrong
  -h, --help      this text

Try
  hessbound demo --steps 0              how much sharper before training?
  hessbound demo --hidden 32,32         two hidden layers
  hessbound demo --save iris
  hessbound analyze iris/network.json iris/data.json

${EXIT_CODES}`;
