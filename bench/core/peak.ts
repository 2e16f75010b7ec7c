/** GF/s of f64x2 multiplication and addition that this engine reaches, from assembly/peak.ts: the best of many runs. */
export async function measurePeak(binary: BufferSource): Promise<number> {
  const { instance } = await WebAssembly.instantiate(binary);
  const { run, FLOPS } = instance.exports as unknown as {
    run: (turns: number, factor: number, step: number) => number;
    FLOPS: WebAssembly.Global<'i32'>;
  };
  const turns = 3_000_000;
  let best = Infinity;
  for (let i = 0; i < 40; i++) {
    const start = performance.now();
    run(turns, 0.3, 0.1);
    best = Math.min(best, performance.now() - start);
  }
  return (FLOPS.value * turns) / best / 1e6;
}
