/** A copy of plain data that shares no memory with it; of a view, only what it shows, not the buffer it is on. */
export function copy<T>(value: T): T {
  return copyAny(value) as T;
}

function copyAny(value: unknown): unknown {
  if (value instanceof Float64Array) return new Float64Array(value);
  if (Array.isArray(value)) return value.map(copyAny);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, copyAny(entry)]));
}
