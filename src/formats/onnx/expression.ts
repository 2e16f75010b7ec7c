/**
 * Functions of one number x, as exporters write activations out: polynomials in x and in functions of such polynomials, in normal form,
 *
 *   Σ c · f₁ f₂ …,   f = x or name(polynomial)
 *
 * so that ½·x·(1 + erf(x/√2)), (½·x)·erfc(−x·√½) and every other order of the same operations become the same,
 * ½·x + ½·x·erf(√½·x): products are multiplied out, like terms added, erfc(u) is 1 − erf(u), the signs of odd functions are taken out and
 * sigmoid(−u) is 1 − sigmoid(u).
 */
import { type Activation } from '../../network.js';

export type Expression = readonly Term[];

interface Term {
  coefficient: number;
  factors: readonly Factor[];
}

type Factor = 'x' | { name: FunctionName; of: Expression };

const ODD = ['tanh', 'erf', 'sin', 'arctan'] as const;
export type FunctionName = (typeof ODD)[number] | 'sigmoid' | 'softplus';

/** gelu-tanh, the largest here, has a size of 11. */
const MOST_SIZE = 40;

export const X: Expression = [{ coefficient: 1, factors: ['x'] }];

export function constant(value: number): Expression {
  return value === 0 ? [] : [{ coefficient: value, factors: [] }];
}

export function sum(a: Expression, b: Expression): Expression {
  return normal([...a, ...b]);
}

export function scale(factor: number, a: Expression): Expression {
  return product(constant(factor), a);
}

export function product(a: Expression, b: Expression): Expression {
  return normal(
    a.flatMap((p) =>
      b.map((q) => ({
        coefficient: p.coefficient * q.coefficient,
        factors: [...p.factors, ...q.factors],
      })),
    ),
  );
}

export function applied(name: FunctionName | 'erfc', of: Expression): Expression {
  if (name === 'erfc') return sum(constant(1), scale(-1, applied('erf', of)));
  if (of.length > 0 && of[0].coefficient < 0) {
    const positive = applied(name, scale(-1, of));
    if ((ODD as readonly string[]).includes(name)) return scale(-1, positive);
    if (name === 'sigmoid') return sum(constant(1), scale(-1, positive));
  }
  return [{ coefficient: 1, factors: [{ name, of }] }];
}

/** ½ u (1 + erf(u/√2)), and with tanh ½ u (1 + tanh(√(2/π) (u + 0.044715 u³))) (Hendrycks and Gimpel, 2016). */
export function gelu(u: Expression, approximate: boolean): Expression {
  const cubed = product(u, product(u, u));
  const phi = approximate
    ? applied('tanh', scale(Math.sqrt(2 / Math.PI), sum(u, scale(0.044715, cubed))))
    : applied('erf', scale(Math.SQRT1_2, u));
  return product(scale(0.5, u), sum(constant(1), phi));
}

/** Every expression is no larger than this, so that hostile ones cost nothing. */
export function isTooLarge(a: Expression): boolean {
  return size(a) > MOST_SIZE;
}

/** The value of an expression without x. */
export function valueOf(a: Expression): number | undefined {
  if (a.length === 0) return 0;
  return a.length === 1 && a[0].factors.length === 0 ? a[0].coefficient : undefined;
}

const ACTIVATION_EXPRESSIONS: readonly [Activation, Expression][] = [
  ['identity', X],
  ['tanh', applied('tanh', X)],
  ['sigmoid', applied('sigmoid', X)],
  ['softplus', applied('softplus', X)],
  ['gelu', gelu(X, false)],
  ['gelu-tanh', gelu(X, true)],
  ['silu', product(X, applied('sigmoid', X))],
  ['sin', applied('sin', X)],
  ['arctan', applied('arctan', X)],
  ['erf', applied('erf', X)],
];

/** The activation that an expression is, its coefficients to a relative tolerance. */
export function activationOf(a: Expression, tolerance: number): Activation | undefined {
  return ACTIVATION_EXPRESSIONS.find(([, known]) => isSame(a, known, tolerance))?.[0];
}

export function isSame(a: Expression, b: Expression, tolerance = 0): boolean {
  return (
    a.length === b.length &&
    a.every((p) =>
      b.some(
        (q) =>
          Math.abs(p.coefficient - q.coefficient) <= tolerance * Math.abs(q.coefficient) &&
          haveSameFactors(p.factors, q.factors, tolerance),
      ),
    )
  );
}

/** As it would be written: '0.5·x + 0.5·x·erf(0.7071068·x)'. */
export function written(a: Expression): string {
  if (a.length === 0) return '0';
  return a
    .map(({ coefficient, factors }) => {
      const names = factors.map((f) => (f === 'x' ? 'x' : `${f.name}(${written(f.of)})`));
      if (coefficient !== 1 || names.length === 0) names.unshift(String(Number(coefficient.toPrecision(7))));
      return names.join('·');
    })
    .join(' + ');
}

function haveSameFactors(a: readonly Factor[], b: readonly Factor[], tolerance: number): boolean {
  if (a.length !== b.length) return false;
  const left = [...b];
  return a.every((p) => {
    const found = left.findIndex((q) =>
      p === 'x' || q === 'x' ? p === q : p.name === q.name && isSame(p.of, q.of, tolerance),
    );
    if (found >= 0) left.splice(found, 1);
    return found >= 0;
  });
}

/** Like terms added, those of 0 left out, in an order that depends on nothing but the factors. */
function normal(terms: Expression): Expression {
  const byKey = new Map<string, Term>();
  for (const { coefficient, factors } of terms) {
    const sorted = factors
      .map((f) => [keyOf(f), f] as const)
      .sort(([p], [q]) => (p < q ? -1 : p > q ? 1 : 0));
    const key = sorted.map(([k]) => k).join('·');
    const before = byKey.get(key)?.coefficient ?? 0;
    byKey.set(key, { coefficient: before + coefficient, factors: sorted.map(([, f]) => f) });
  }
  return [...byKey]
    .filter(([, { coefficient }]) => coefficient !== 0)
    .sort(([p], [q]) => (p < q ? -1 : 1))
    .map(([, term]) => term);
}

/** x comes first in the order of keys. */
function keyOf(factor: Factor): string {
  if (factor === 'x') return 'x';
  return `~${factor.name}(${factor.of.map((t) => `${t.coefficient}·${t.factors.map(keyOf).join('·')}`).join('+')})`;
}

function size(a: Expression): number {
  let total = 0;
  for (const { factors } of a) {
    total += 1;
    for (const f of factors) total += f === 'x' ? 1 : 1 + size(f.of);
  }
  return total;
}
