/** safetensors files of a test's own, in double precision: entry k of the i-th tensor is value(i, k), 100 i + k by default. */
export function safetensorsOf(
  shapes: Readonly<Record<string, readonly number[]>>,
  value = (tensor: number, entry: number): number => 100 * tensor + entry,
  metadata?: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  const numbers: number[] = [];
  const header: Record<string, unknown> = metadata ? { __metadata__: metadata } : {};
  Object.entries(shapes).forEach(([name, shape], i) => {
    const begin = 8 * numbers.length;
    const count = shape.reduce((product, n) => product * n, 1);
    for (let k = 0; k < count; k++) numbers.push(value(i, k));
    header[name] = { dtype: 'F64', shape, data_offsets: [begin, 8 * numbers.length] };
  });
  return rawSafetensors(JSON.stringify(header), new Uint8Array(Float64Array.from(numbers).buffer));
}

/** Any header, with its right length before it. */
export function rawSafetensors(header: string, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(header);
  const file = new Uint8Array(8 + text.length + data.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(text, 8);
  file.set(data, 8 + text.length);
  return file;
}
