import { EXIT_CODES } from './shared.js';

export const MERGE_HELP = `Usage: hessbound merge <part.json> ... [options]

The report of an analysis that was computed in parts, on one machine or many:

  hessbound analyze model.json data.json --shard 1/3 -o part-1.json
  hessbound analyze model.json data.json --shard 2/3 -o part-2.json
  hessbound analyze model.json data.json --shard 3/3 -o part-3.json
  hessbound merge part-1.json part-2.json part-3.json

Its numbers have the same bits as those of one run. The model and the data are
read again from where the parts say they were; a part that is missing, comes
twice, is damaged or is of anything else is refused by its name.

Options
  --network <file>       the model, if it is elsewhere now
  --data <file>          the data, if they are elsewhere now
  --workers <n>          threads that compute what is left (default: as many as
                         the machine has)
  --html <file>          also write the report there as a page
  --export-python <file.py>
                         also write a script that computes the same in PyTorch
                         and compares, and file.npz, the arrays that it reads
  --json                 one JSON document instead of the report
  -q, --quiet            nothing on standard error unless something is wrong
  -h, --help             this text

The options of the analysis are those that the parts were computed with. Others
of analyze can be given here, too: --exact, --tolerance and so on (see hessbound
analyze --help). Sums that the parts do not hold, as for --explain, --html or
--certified if they were computed without, are computed here; so are the second
attempts that rare networks take, and what the certificate takes.

${EXIT_CODES}`;
