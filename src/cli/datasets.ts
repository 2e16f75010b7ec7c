/** The bundled data sets: which there are, and any of them as a file. */
import { extname } from 'node:path';
import {
  dataset,
  DATASET_NAMES,
  type DatasetDescription,
  type DatasetName,
  DATASETS,
} from '../datasets/index.js';
import { WRITTEN_DATA_FORMATS, writeDataset } from '../formats/data/write.js';
import { jsonText } from '../formats/json.js';
import { wrap } from '../report/style.js';
import { UsageError } from './errors.js';
import { writeWhole } from './files.js';
import { DATASETS_HELP } from './help/datasets.js';
import { STDIN as STDOUT } from './input.js';
import {
  COMMON_OPTIONS,
  integerChoice,
  nonNegativeChoice,
  oneOfChoice,
  parse,
  seedChoice,
} from './options.js';

export async function datasetsCommand(args: string[], version: string): Promise<void> {
  const { values, positionals } = parse('datasets', args, {
    ...COMMON_OPTIONS,
    samples: { type: 'string' },
    noise: { type: 'string' },
    seed: { type: 'string' },
    turns: { type: 'string' },
    output: { type: 'string', short: 'o' },
  });
  if (values.help) {
    process.stdout.write(DATASETS_HELP);
    return;
  }
  const { samples, noise, turns } = values;
  const options = {
    ...(samples !== undefined && { samples: integerChoice('--samples', samples, 1, 2 ** 24) }),
    ...(noise !== undefined && { noise: nonNegativeChoice('--noise', noise) }),
    ...seedChoice(values.seed),
    ...(turns !== undefined && { turns: nonNegativeChoice('--turns', turns) }),
  };
  const [wanted] = positionals;
  if (positionals.length === 0) {
    const stray = [...Object.keys(options), ...(values.output === undefined ? [] : ['output'])].at(0);
    if (stray !== undefined)
      throw new UsageError(`datasets: expected the name of a data set for --${stray}; got none`);
    process.stdout.write(
      values.json ? `${jsonText({ hessbound: version, datasets: DATASETS })}\n` : listing(),
    );
    return;
  }
  if (positionals.length > 1) {
    throw new UsageError(
      `datasets: expected one data set; got ${positionals.length} (see hessbound datasets --help)`,
    );
  }
  const name = oneOfChoice('datasets', wanted, DATASET_NAMES);
  const { options: allowed }: DatasetDescription = DATASETS[name];
  for (const option of Object.keys(options)) {
    if ((allowed as readonly string[]).includes(option)) continue;
    throw new UsageError(
      `--${option}: expected none for ${name}, which ${allowed.length ? 'has no such option' : 'is not generated'}`,
    );
  }
  const file = values.output ?? STDOUT;
  const format = file === STDOUT ? (values.json ? 'json' : 'csv') : formatOf(file);
  const { data, ...names } = await dataset(name, options);
  const bytes = await writeDataset(data, format, names);
  if (file === STDOUT) {
    process.stdout.write(bytes);
    return;
  }
  await writeWhole(file, bytes);
  if (!values.quiet) {
    const { rows, cols } = data.inputs;
    process.stderr.write(
      `wrote ${file}: ${rows} samples of ${cols} inputs, ${names.classes.length} classes\n`,
    );
  }
}

function formatOf(file: string): (typeof WRITTEN_DATA_FORMATS)[number] {
  const ending = extname(file).slice(1).toLowerCase();
  const format = WRITTEN_DATA_FORMATS.find((known) => known === ending);
  if (format) return format;
  throw new UsageError(
    `--output: expected a file that ends in ${WRITTEN_DATA_FORMATS.map((known) => `.${known}`).join(', ')}; got '${file}'`,
  );
}

function listing(): string {
  const rows = DATASET_NAMES.map((name) => `${entry(name)}\n`);
  return `Bundled data sets (hessbound datasets <name> writes one as CSV)\n\n${rows.join('\n')}`;
}

function entry(name: DatasetName): string {
  const { title, samples, inputs, classes, source, licence, options }: DatasetDescription = DATASETS[name];
  const few = classes.length > 3 ? '' : `: ${classes.join(', ')}`;
  const lines = [
    title,
    `${samples} samples of ${inputs} inputs, ${classes.length} classes${few}`,
    source,
    options.length > 0
      ? `options ${options.map((option) => `--${option}`).join(', ')}`
      : `licence: ${licence}`,
  ];
  return lines
    .flatMap((line) => wrap(line, 62))
    .map((line, i) => `  ${(i === 0 ? name : '').padEnd(15)} ${line}`)
    .join('\n');
}
