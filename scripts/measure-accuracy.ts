/**
 * Measures the elementary functions and the activations of the core against mpmath's correctly rounded values
 * (test/fixtures/activations.json), and the eigensolver by LAPACK's ratios; prints the tables of docs/accuracy.md and
 * docs/eigensolver.md: npm run measure-accuracy.
 */
import { readFileSync } from 'node:fs';
import fixtures from '../test/fixtures/activations.json' with { type: 'json' };
import { eigh } from '../src/core/eigh.js';
import { compileSync, Core } from '../src/core/instance.js';
import { ACTIVATIONS } from '../src/index.js';
import { FAMILIES, ratios } from '../test/reference/symmetric.js';

const ELEMENTARY = ['exp', 'expm1', 'log1p', 'tanh', 'sin', 'cos', 'atan', 'erf', 'erfc'] as const;

interface Elementary {
  memory: WebAssembly.Memory;
  heapBase(): number;
  apply(f: number, n: number, x: number): void;
}

const binary = readFileSync('build/elementary.wasm');
const { instance } = await WebAssembly.instantiate(binary, { env: { abort } });
const elementary = instance.exports as unknown as Elementary;

console.log('| function | points | largest error |\n| --- | --- | --- |');
for (const [f, name] of ELEMENTARY.entries()) {
  const points = (fixtures.elementary as unknown as Record<string, [number, number][]>)[name];
  const x = new Float64Array(elementary.memory.buffer, elementary.heapBase(), points.length);
  x.set(points.map(([at]) => at));
  elementary.apply(f, points.length, x.byteOffset);
  const errors = points.map(([, exact], i) => ulps(x[i], exact));
  console.log(`| ${name} | ${points.length} | ${format(Math.max(...errors))} |`);
}

console.log("\n| activation | points | φ | φ' | φ'' | φ''' |\n| --- | --- | --- | --- | --- | --- |");
const core = new Core(compileSync());
for (const [code, name] of ACTIVATIONS.entries()) {
  const table = (fixtures.activations as unknown as Record<string, number[][]>)[name];
  const n = table.length;
  const worst = [0, 0, 0, 0];
  core.frame(() => {
    const z = core.write(Float64Array.from(table, (row) => row[0]));
    const out = [core.allocate(n), core.allocate(n), core.allocate(n)] as const;
    core.kernels.activate(code, n, z, ...out);
    const jerk = core.allocate(n);
    core.kernels.thirdDerivative(code, n, z, jerk);
    [...out, jerk].forEach((pointer, order) => {
      const values = core.view(pointer, n);
      const largest = table.reduce((most, row) => Math.max(most, Math.abs(row[order + 1])), 0);
      table.forEach((row, i) => {
        // Away from the zeros of the function: there it is a difference, and only its absolute error is small.
        if (order > 0 && Math.abs(row[order + 1]) < 1e-3 * largest && Math.abs(row[0]) < 4) return;
        worst[order] = Math.max(worst[order], ulps(values[i], row[order + 1]));
      });
    });
  });
  console.log(`| ${name} | ${n} | ${worst.map(format).join(' | ')} |`);
}

console.log('\n| matrices | residual | orthogonality | values alone |\n| --- | --- | --- | --- |');
const everywhere = [0, 0, 0];
for (const [name, make] of Object.entries(FAMILIES)) {
  const worst = [0, 0, 0];
  for (const n of [1, 2, 3, 5, 8, 13, 21, 34, 55, 64, 65, 89, 144, 201]) {
    for (const seed of [1, 2, 3]) {
      const a = make(n, seed);
      const alone = eigh(core, a.data, n, { vectors: false }).values;
      for (const leaf of [32, 1]) {
        const { values, vectors } = eigh(core, a.data, n, { vectors: true, leaf });
        const { residual, orthogonality } = ratios(a, values, { rows: n, cols: n, data: vectors! });
        const norm = Math.max(Math.abs(values[0]), Math.abs(values[n - 1])) || 1;
        const gap = Math.max(...values.map((value, k) => Math.abs(value - alone[k])));
        [residual, orthogonality, gap / (n * Number.EPSILON * norm)].forEach((ratio, i) => {
          worst[i] = Math.max(worst[i], ratio);
          everywhere[i] = Math.max(everywhere[i], ratio);
        });
      }
    }
  }
  console.log(`| ${name} | ${worst.map((x) => x.toFixed(2)).join(' | ')} |`);
}
console.log(`| all | ${everywhere.map((x) => x.toFixed(2)).join(' | ')} |`);

/** |x − exact| in units of exact's last place. */
function ulps(x: number, exact: number): number {
  const bits = new BigInt64Array(1);
  const value = new Float64Array(bits.buffer);
  value[0] = Math.abs(exact);
  bits[0] += 1n;
  return Math.abs(x - exact) / (value[0] - Math.abs(exact));
}

function format(error: number): string {
  return error === 0 ? '0' : `${error.toFixed(0)} ulp`;
}

function abort(): never {
  throw new Error('abort');
}
