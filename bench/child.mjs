// A process of its own, for what only a fresh one shows: node --expose-gc bench/child.mjs load | memory. Plain JavaScript, so that
// nothing but Node and the package is in it.
import { readFileSync } from 'node:fs';

const start = performance.now();
const { load } = await import('hessbound');
const imported = performance.now();
const hb = await load();
const end = performance.now();

if (process.argv[2] === 'load') {
  console.log(JSON.stringify({ load: end - imported, withImport: end - start }));
} else {
  /** @type {unknown} */
  const problem = JSON.parse(readFileSync(0, 'utf8'), revive);
  const { network, data } =
    /** @type {{ network: import('hessbound').Network, data: import('hessbound').Dataset }} */ (problem);
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  hb.moments(network, data, { method: 'gram' });
  const after = process.memoryUsage().rss;
  const peak = Math.max(highWater(), after);
  console.log(JSON.stringify({ before: before / 1e6, peak: peak / 1e6, after: after / 1e6 }));
}

/**
 * The most bytes this process has held. Linux counts those of the parent it was forked from in maxRSS, but not in VmHWM; both are in
 * units of 1024 bytes.
 */
function highWater() {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1024;
  } catch {
    return process.resourceUsage().maxRSS * 1024;
  }
}

/**
 * Typed arrays from their bytes.
 *
 * @param {string} _
 * @param {unknown} value
 * @returns {unknown}
 */
function revive(_, value) {
  if (typeof value !== 'object' || value === null || !('base64' in value)) return value;
  const bytes = Uint8Array.from(Buffer.from(/** @type {string} */ (value.base64), 'base64'));
  return new Float64Array(bytes.buffer);
}
