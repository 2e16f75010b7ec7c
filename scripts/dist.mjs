// What tsc does not do for dist/: `clean` before it, `finish` after it (see build:ts in package.json).
import { copyFileSync, rmSync } from 'node:fs';

const dist = new URL('../dist/', import.meta.url);

if (process.argv[2] === 'clean') {
  // tsc leaves the output of deleted sources behind, and the package would ship it.
  rmSync(dist, { recursive: true, force: true });
} else {
  for (const file of ['hessbound.wasm', 'worker.js']) {
    copyFileSync(new URL(`../build/${file}`, import.meta.url), new URL(file, dist));
  }
}
