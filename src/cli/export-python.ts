/** --export-python check.py: a script for PyTorch that checks what was printed, and its arrays beside it. */
import { pythonScript } from '../formats/python.js';
import { type Dataset, type Network } from '../network.js';
import { type Analysis } from '../report/analysis.js';
import { UsageError } from './errors.js';
import { writeWhole } from './files.js';

/** Its arrays, beside it. */
function besideOf(path: string): string {
  return path.replace(/py$/, 'npz');
}

/** All that is written. */
export function exportedFiles(path: string | undefined): string[] {
  return path === undefined ? [] : [path, besideOf(path)];
}

/** Asked before anything is computed. */
export function exportChoice(path: string | undefined): string | undefined {
  if (path === undefined || /[^/\\]\.py$/.test(path)) return path;
  throw new UsageError(`--export-python: expected a file name that ends in .py; got '${path}'`);
}

export async function exportPython(
  path: string,
  network: Network,
  data: Dataset,
  analysis: Analysis,
  { quiet }: { quiet: boolean },
): Promise<void> {
  const { script, arrays } = await pythonScript(network, data, analysis);
  const beside = besideOf(path);
  await writeWhole(beside, arrays);
  await writeWhole(path, script);
  if (!quiet) process.stderr.write(`wrote ${path} and ${beside}; to check these numbers: python3 ${path}\n`);
}
