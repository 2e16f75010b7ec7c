/** A network from one format to another, the same to the bit. */
import { access } from 'node:fs/promises';
import { extname } from 'node:path';
import { writeNetwork } from '../formats/index.js';
import { checkNetwork } from '../network.js';
import { counted } from '../report/numbers.js';
import { InputError, UsageError } from './errors.js';
import { writeWhole } from './files.js';
import { CONVERT_HELP } from './help/convert.js';
import { interruptible } from './interruption.js';
import { displayName } from './input.js';
import { COMMON_OPTIONS, parse } from './options.js';
import { didYouMean } from './nearest.js';
import { NETWORK_OPTIONS, printInferred, readNetworkFile } from './problem.js';
import { jsonText } from '../formats/json.js';

const FORMATS = ['json', 'safetensors', 'npz'] as const;

export function convertCommand(args: string[], version: string): Promise<void> {
  return interruptible('before anything was written', () => converted(args, version));
}

async function converted(args: string[], version: string): Promise<void> {
  const { values, positionals } = parse('convert', args, {
    ...NETWORK_OPTIONS,
    ...COMMON_OPTIONS,
    output: { type: 'string', short: 'o' },
    force: { type: 'boolean', default: false },
  });
  if (values.help) {
    process.stdout.write(CONVERT_HELP);
    return;
  }
  const [model] = positionals;
  if (positionals.length !== 1) {
    throw new UsageError(
      `convert: expected one model; got ${positionals.length} (see hessbound convert --help)`,
    );
  }
  const { output } = values;
  if (output === undefined) throw new UsageError('convert: expected -o, the file to write; it is missing');
  const format = formatOf(output);
  if (!values.force && (await exists(output))) {
    throw new InputError(`cannot write ${output}: a file of that name exists (--force replaces it)`);
  }
  const { network, inferred, classes, format: from } = await readNetworkFile(model, values);
  printInferred(inferred, values);
  await writeWhole(output, await writeNetwork(network, format, classes ? { classes } : {}));
  const { parameters, inputs, layers } = checkNetwork(network);
  const widths = [inputs, ...layers.map(({ outputs }) => outputs)];
  if (values.json) {
    const document = {
      hessbound: version,
      model: displayName(model),
      from,
      output,
      format,
      widths,
      parameters,
    };
    const rest = { loss: network.loss, inferred, ...(classes && { classes }) };
    process.stdout.write(`${jsonText({ ...document, ...rest })}\n`);
  } else if (!values.quiet) {
    process.stdout.write(
      `wrote ${output}: ${widths.join('-')}, ${counted(parameters, 'parameter')}, ${network.loss}, from ${from}\n`,
    );
  }
}

function formatOf(file: string): (typeof FORMATS)[number] {
  const ending = extname(file).slice(1).toLowerCase();
  const format = FORMATS.find((known) => known === ending);
  if (format) return format;
  throw new UsageError(
    `--output: expected a file that ends in ${FORMATS.map((known) => `.${known}`).join(', ')}; got '${file}'${didYouMean(ending, FORMATS)}`,
  );
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
