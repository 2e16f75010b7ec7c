import { readFileSync, writeFileSync } from 'node:fs';
import { drawBars } from './figure.js';
const { rows } = JSON.parse(readFileSync('/tmp/bx/run.json', 'utf8'));
const shown = ['Gram matrix 512 × 512','Gram matrix 768 × 768','Frobenius norm 1000 × 1000','eigh 200, with vectors','eigh 512, with vectors','moments by pairs 64-16-10, N = 400','moments by pairs 64-32-10, N = 1797','Hessian 41-17-10, N = 400, P = 894','H·v 784-128-10, N = 128'];
const g = shown.map((t) => { const r = rows.find((r: any) => `${r.section} ${r.task}` === t); const [f, ...o] = r.contenders; return { label: t, note: `hessbound: ${f.milliseconds.toFixed(1)} ms`, values: o.map((c: any) => ({ name: c.name, value: c.milliseconds / f.milliseconds })) }; });
writeFileSync('bench/speed.svg', drawBars('How many times as long as hessbound takes', 'AMD EPYC, 2 cores, linux x64; Node v20.20.2', g));
