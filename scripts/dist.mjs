// What tsc does not do for dist/: `clean` before it, `finish` after it (see build:ts in package.json).
import { copyFileSync, rmSync } from 'node:fs';

const dist = new URL('../dist/', import.meta.url);

if (process.argv[2] === 'clean') {
  // tsc leaves the output of deleted sources behind, and the package would ship it.
  rmSync(dist, { recursive: true, force: true });
} else {
  copyFileSync(new URL('../build/hessbound.wasm', import.meta.url), new URL('hessbound.wasm', dist));
}
