/**
 * An average over probes, corrected by what is known exactly of its mean: control variates. With μ̂ the average of the probes' rules, let
 * p_1, p_2 be the polynomials of degree 1 and 2 orthogonal to each other and to 1 in μ̂, n_i = ∫ p_i² dμ̂, and e_i the mean of p_i over
 * the true spectrum, which tr H and ‖H‖_F tell. Then
 *
 *     ∫ f dμ̂ + Σ β_i e_i  =  ∫ f q dμ̂,    β_i = ∫ f p_i dμ̂ / n_i,    q = 1 + Σ e_i p_i / n_i
 *
 * so the weights times q give the corrected estimate of every f, and the exact mean of 1, λ and λ². For v uniform on the sphere the
 * covariance of vᵀ f(H) v and vᵀ g(H) v is 2/(P + 2) times that of f and g over the spectrum, so no other β would leave less
 * variance; those of sign vectors are near. In survey sampling this is calibration (J.-C. Deville and C.-E. Särndal, J. Amer. Statist. Assoc. 87
 * (1992) 376).
 */
import { type GaussRule } from './core/quadrature.js';

/** One for each polynomial. */
export interface Control {
  /** p_i / n_i at the nodes of each rule. */
  slopes: Float64Array[];
  /** e_i, and the mean of p_i by each rule. */
  known: number;
  means: number[];
}

/** A polynomial with a smaller share of the whole is 0 at all nodes, or rounding: there is nothing to correct. */
const NEGLIGIBLE = 2 ** -40;

/**
 * @param unit of the nodes: the largest |node|, or 1
 * @param mean of the eigenvalues, and of their squares, in that unit
 */
export function controlsOf(rules: GaussRule[], unit: number, mean: number, meanSquare: number): Control[] {
  const nodes = rules.map((rule) => rule.nodes.map((node) => node / unit));
  /** Of a function given at the nodes, by each rule. */
  const meansOf = (values: Float64Array[]): number[] =>
    rules.map(({ weights }, k) => weights.reduce((sum, weight, i) => sum + weight * values[k][i], 0));
  const pooled = (values: Float64Array[]): number =>
    meansOf(values).reduce((sum, x) => sum + x, 0) / rules.length;

  const center = pooled(nodes);
  const first = nodes.map((x) => x.map((value) => value - center));
  const n1 = pooled(first.map((p) => p.map((value) => value * value)));
  if (!(n1 > NEGLIGIBLE)) return [];
  const shift = pooled(first.map((p, k) => p.map((value, i) => nodes[k][i] * value * value))) / n1;
  const second = first.map((p, k) => p.map((value, i) => (nodes[k][i] - shift) * value - n1));
  const n2 = pooled(second.map((p) => p.map((value) => value * value)));

  const control = (values: Float64Array[], norm: number, known: number): Control => ({
    slopes: values.map((p) => p.map((value) => value / norm)),
    known,
    means: meansOf(values),
  });
  const controls = [control(first, n1, mean - center)];
  if (n2 > NEGLIGIBLE * n1) {
    controls.push(control(second, n2, meanSquare - (center + shift) * mean + center * shift - n1));
  }
  return controls;
}

/** q at the nodes of each rule. */
export function factorsOf(rules: GaussRule[], controls: Control[]): Float64Array[] {
  return rules.map(({ nodes }, k) =>
    nodes.map((_, i) => controls.reduce((sum, { slopes, known }) => sum + known * slopes[k][i], 1)),
  );
}
