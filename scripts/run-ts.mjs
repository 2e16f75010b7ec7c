// Runs a TypeScript file of this repository in Node 20, which cannot by itself: node scripts/run-ts.mjs FILE [ARGUMENTS].
import { argv } from 'node:process';
import { runnerImport } from 'vite';

const [file] = argv.splice(1, 2, argv[2] ?? '').slice(1);
if (!file) throw new Error('usage: node scripts/run-ts.mjs FILE [ARGUMENTS]');
await runnerImport(file.startsWith('.') ? file : `./${file}`, { logLevel: 'error' });
