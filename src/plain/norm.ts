/** √Σ x², scaled by the largest entry so that it survives what hessbound's survives; four sums, as one would wait on itself. */
export function frobeniusNorm(data: Float64Array): number {
  const n = data.length;
  const whole = n - (n % 4);
  let largest = 0;
  for (let i = 0; i < n; i++) {
    const size = Math.abs(data[i]);
    if (size > largest) largest = size;
  }
  if (largest === 0) return 0;
  const scale = 1 / largest;
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  for (let i = 0; i < whole; i += 4) {
    const x0 = data[i] * scale;
    const x1 = data[i + 1] * scale;
    const x2 = data[i + 2] * scale;
    const x3 = data[i + 3] * scale;
    s0 += x0 * x0;
    s1 += x1 * x1;
    s2 += x2 * x2;
    s3 += x3 * x3;
  }
  for (let i = whole; i < n; i++) s0 += (data[i] * scale) ** 2;
  return largest * Math.sqrt(s0 + s1 + (s2 + s3));
}
