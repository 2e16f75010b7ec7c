/** Data sets as CSV, the inverse of csv.ts. */
import { type Dataset } from '../../network.js';

/**
 * A line of names, and one for each sample: the inputs, the target, and the weight where there are any. Class indices become the names of their
 * classes, where these are given. Every number survives to the bit.
 */
export function datasetToCsv(
  { inputs: { rows, cols, data }, targets, weights }: Dataset,
  { features, classes }: { features?: readonly string[]; classes?: readonly string[] } = {},
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
