/** The core as text, against the file it was made from. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { binary } from '../../src/core/binary.js';

it('is the compiled core, byte for byte', () => {
  expect(Buffer.compare(binary(), readFileSync('build/hessbound.wasm'))).toBe(0);
});
