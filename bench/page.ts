/** What browser.html runs: the suite, for bench/browser.ts to start and to hear from. */
import { type Row } from '../src/compare/measure.js';
import { measurePeak } from './core/peak.js';
import { runSuite } from './core/suite.js';

declare global {
  interface Window {
    runBenchmark: (
      peakBinary: readonly number[],
      filter: string,
    ) => Promise<{ peak: number; userAgent: string }>;
    /** Exposed by bench/browser.ts. */
    report: (row: Row) => Promise<void>;
  }
}

window.runBenchmark = async (peakBinary, filter) => {
  const peak = await measurePeak(Uint8Array.from(peakBinary));
  await runSuite(filter, (row) => void window.report(row));
  return { peak, userAgent: navigator.userAgent };
};
