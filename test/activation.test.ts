/**
 * φ, φ', φ'' and φ''' against mpmath's correctly rounded values, from 0 to ±1e10 and into saturation. The error allowed is
 * mixed: 8 ε |f| for the evaluation, and 4 ε |z f'| for what one rounding of the argument does, which is what shows near
 * zeros of f (where f is a difference) and in gelu-tanh's tail (a function of z³). ε-sized subnormals are allowed 8 ulp.
 */
import { describe, expect, it } from 'vitest';
import fixtures from './fixtures/activations.json' with { type: 'json' };
import { compileSync, Core } from '../src/core/instance.js';
import { ACTIVATIONS, type Activation } from '../src/index.js';

const EPSILON = Number.EPSILON;
const TINY = Number.MIN_VALUE;
const tables = fixtures.activations as unknown as Record<
  Activation,
  [number, number, number, number, number][]
>;

/** Bounds on |z f^(n+1)| / ε near the zeros and tails of f, in units of the size of f's own scale at z. */
function allowance(
  z: number,
  value: number,
  slope: number,
  bend: number,
  jerk: number,
): [number, number, number, number] {
  const a = Math.abs(z);
  const relative = (x: number): number => 8 * EPSILON * Math.abs(x) + 8 * TINY;
  // Where the density in erf and gelu is subnormal, φ'' and φ''' are up to 4z² times its few digits.
  const subnormal = 4 * TINY * a * a;
  return [
    relative(value) + 4 * EPSILON * a * Math.abs(slope),
    relative(slope) + 4 * EPSILON * a * Math.abs(bend),
    relative(bend) + subnormal + 4 * EPSILON * a * Math.abs(jerk),
    // φ'''' is not tabulated; near a zero of φ''' it is of the order of φ' and φ'', elsewhere φ''' decays at the rate of φ''.
    relative(jerk) +
      subnormal +
      4 * EPSILON * a * ((a < 5 ? Math.abs(slope) + Math.abs(bend) : 0) + a * a * Math.abs(jerk)),
  ];
}

describe.each(ACTIVATIONS)('%s', (name) => {
  it('matches mpmath in value and three derivatives', () => {
    const core = new Core(compileSync());
    const table = tables[name];
    const n = table.length;
    expect(n).toBeGreaterThan(80);
    core.frame(() => {
      const z = core.write(Float64Array.from(table, (row) => row[0]));
      const [value, slope, bend] = [core.allocate(n), core.allocate(n), core.allocate(n)];
      core.kernels.activate(ACTIVATIONS.indexOf(name), n, z, value, slope, bend);
      const jerk = core.allocate(n);
      core.kernels.thirdDerivative(ACTIVATIONS.indexOf(name), n, z, jerk);
      const computed = [value, slope, bend, jerk].map((pointer) => core.read(pointer, n));
      table.forEach(([at, ...exact], i) => {
        const allowed = allowance(at, ...exact);
        exact.forEach((f, order) => {
          const error = Math.abs(computed[order][i] - f);
          if (!(error <= allowed[order])) {
            expect.fail(`derivative ${order} at ${at}: ${computed[order][i]} for ${f}`);
          }
        });
      });
    });
  });
});
