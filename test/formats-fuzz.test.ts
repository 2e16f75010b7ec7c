/** Some of the damaged files of scripts/fuzz-formats.ts (npm run fuzz has 100,000 for each reader). */
import { describe, expect, it } from 'vitest';
import { READERS, tryOne } from './reference/fuzz-formats.js';

const COUNT = 1000;

describe('damaged files', () => {
  it.each(READERS.map((reader) => [reader.name, reader] as const))(
    '%s: valid or refused in one line',
    async (_, reader) => {
      const seeds = await reader.seeds();
      const tally = { read: 0, refused: 0, failed: 0 };
      for (let index = 0; index < COUNT; index++) {
        const { outcome, message } = await tryOne(reader, seeds, 1, index);
        expect(outcome, message).not.toBe('failed');
        tally[outcome]++;
      }
      // Damage that no reader noticed, or that nothing got past, would test nothing.
      expect(tally.refused).toBeGreaterThan(COUNT / 10);
      if (reader.name !== 'pickle') expect(tally.read).toBeGreaterThan(0);
    },
  );
});
