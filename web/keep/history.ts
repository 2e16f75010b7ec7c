/** The history of a run as a table for other programs: every number as its shortest decimal, nothing where there is none. */
import { type Point } from '../history.js';

const COLUMNS = ['step', 'loss', 'accuracy', 'lower', 'upper', 'exact', 'bound', 'stability'] as const;

export function historyCsv(history: readonly Point[]): string {
  const lines = history.map((point) => COLUMNS.map((name) => point[name] ?? '').join(','));
  return `${[COLUMNS.join(','), ...lines].join('\n')}\n`;
}
