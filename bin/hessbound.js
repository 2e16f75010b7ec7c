#!/usr/bin/env node
// Committed, so that npx finds the command in a clone before its first build, when dist/ does not exist yet.
import { existsSync } from 'node:fs';

const cli = new URL('../dist/cli/main.js', import.meta.url);
if (existsSync(cli)) {
  const loading = /** @type {Promise<{ main: (args: string[]) => Promise<number> }>} */ (import(cli.href));
  const { main } = await loading;
  process.exitCode = await main(process.argv.slice(2));
} else {
  console.error('hessbound: this clone is not built yet; run npm ci && npm run build first');
  process.exitCode = 1;
}
