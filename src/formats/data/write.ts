/**
 * Data sets as files that readDataset reads back to the bit:
 *
 *   csv   a line of names, a line for each sample, with the names of classes for their indices
 *   npz   X, y, sample_weight; target_names and feature_names, as scikit-learn calls them
 *   json  the project's JSON, with classes and features (json.ts)
 */
import { type Dataset } from '../../network.js';
import { checkOneOf } from '../../validate.js';
import { datasetToJson, jsonText } from '../json.js';
import { npyOfNumbers, npyOfStrings, npz, type NpzEntry } from '../write.js';

export const WRITTEN_DATA_FORMATS = ['csv', 'npz', 'json'] as const;
export type WrittenDataFormat = (typeof WRITTEN_DATA_FORMATS)[number];

/** What the inputs are called, and what class indices stand for. */
export interface Names {
  features?: readonly string[];
  classes?: readonly string[];
}

/**
 * The bytes of a file that readDataset reads back to the bit.
 *
 * @throws RangeError for another format
 */
export async function writeDataset(
  data: Dataset,
  format: WrittenDataFormat,
  names: Names = {},
): Promise<Uint8Array<ArrayBuffer>> {
  checkOneOf('format', format, WRITTEN_DATA_FORMATS);
  if (format === 'csv') return new TextEncoder().encode(datasetToCsv(data, names));
  const { features, classes } = names;
  if (format === 'json') {
    const named = { ...datasetToJson(data), ...(classes && { classes }), ...(features && { features }) };
    return new TextEncoder().encode(`${jsonText(named)}\n`);
  }
  const { inputs, targets, weights } = data;
  const y = 'data' in targets ? targets : { rows: targets.length, cols: 1, data: Float64Array.from(targets) };
  const strings = (name: string, texts: readonly string[] = []): NpzEntry[] =>
    texts.length > 0 ? [[name, npyOfStrings([texts.length], texts)]] : [];
  return npz([
    ['X', npyOfNumbers([inputs.rows, inputs.cols], inputs.data)],
    ['y', npyOfNumbers('data' in targets ? [y.rows, y.cols] : [y.rows], y.data)],
    ...(weights
      ? [['sample_weight', npyOfNumbers([weights.length], Float64Array.from(weights))] as NpzEntry]
      : []),
    ...strings('target_names', classes),
    ...strings('feature_names', features),
  ]);
}

/**
 * A line of names, and one for each sample: the inputs, the target, and the weight where there are any. Class indices become the names of their
 * classes, where these are given. Every number survives to the bit.
 */
export function datasetToCsv(
  { inputs: { rows, cols, data }, targets, weights }: Dataset,
  { features, classes }: Names = {},
): string {
  const isMatrix = 'data' in targets;
  const names = [
    ...Array.from({ length: cols }, (_, j) => features?.[j] ?? `x${j + 1}`),
    ...(isMatrix ? Array.from({ length: targets.cols }, (_, k) => `y${k + 1}`) : ['label']),
    ...(weights ? ['weight'] : []),
  ];
  const lines = [names.map(quoted).join(',')];
  for (let i = 0; i < rows; i++) {
    const cells = Array.from(data.subarray(i * cols, (i + 1) * cols), numberText);
    if (isMatrix) {
      for (const y of targets.data.subarray(i * targets.cols, (i + 1) * targets.cols))
        cells.push(numberText(y));
    } else {
      cells.push(classes ? quoted(classes[targets[i]]) : numberText(targets[i]));
    }
    if (weights) cells.push(numberText(weights[i]));
    lines.push(cells.join(','));
  }
  return `${lines.join('\n')}\n`;
}

/** The shortest decimal that is nearest to this double; that of −0 would be 0. */
function numberText(x: number): string {
  return Object.is(x, -0) ? '-0' : String(x);
}

function quoted(text: string): string {
  return /^\s|["\n\r,;\t|]|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
