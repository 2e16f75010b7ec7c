/**
 * What the stories say is true of their runs. The oracle of a run's numbers is the library's own: eigenvalues by eigh, of the assembled Hessian, and the
 * thresholds below are those of the sentences' words ("on the red line": within a tenth).
 */
import { describe, expect, it } from 'vitest';
import { loadSync } from '../src/index.js';
import { Session } from '../web/engine/session.js';
import { fromHash, PLACES, toHash } from '../web/state.js';
import { chapterAt, follows, seen, stateOf, STORIES } from '../web/stories.js';
import { type Chapter, type Course } from '../web/stories/chapter.js';

const hb = loadSync();

/** As the page runs it: a point for each frame. */
async function play(chapter: Chapter): Promise<{ course: Course; values: Float64Array }> {
  const state = stateOf(chapter);
  const session = await Session.begin(hb, state);
  const frames = [session.frame()];
  for (let step = 0; step < chapter.steps; step += state.every) {
    session.advance(state.every);
    frames.push(session.frame());
  }
  const course = frames.map(({ values, ...rest }) => ({ ...rest, exact: values!.at(-1)! }));
  return { course, values: frames.at(-1)!.values! };
}

describe.each(STORIES)('$title', ({ chapters }) => {
  it('says what is true of its runs, all of it', async () => {
    const runs: Course[] = [];
    for (const chapter of chapters) {
      const { course, values } = await play(chapter);
      expect(
        seen(chapter, course.slice(0, -1), () => undefined),
        'before its end',
      ).toEqual([]);
      runs.push(course);
      const sentences = seen(chapter, course, (number) => runs[number - 1]);
      expect(sentences, chapter.place).toHaveLength(chapter.sights.length);
      for (const sentence of sentences) expect(sentence).not.toMatch(/NaN|undefined|Infinity/);
      // "Each unit comes to have one direction in which the loss is steep, and these are about equally steep": then a gap.
      if (chapter.state.data !== 'digits') continue;
      const [units] = chapter.state.hidden!;
      expect(values.at(-units)! / values.at(-1)!).toBeGreaterThan(0.6);
      expect(values.at(-units - 1)! / values.at(-units)!).toBeLessThan(0.2);
    }
  }, 300_000);
});

describe('sentences', () => {
  it('are not said of a run of which they are not true', () => {
    const { chapter } = chapterAt('edge.1')!;
    const point = { parameters: 337, loss: 1, lower: 1, upper: 1, exact: 1, bound: 1, stability: 5 };
    const flat = Array.from({ length: 201 }, (_, i) => ({ ...point, step: 8 * i }));
    expect(seen(chapter, flat, () => undefined)).toEqual([]);
  });

  it('that compare are silent where there is nothing to compare with', async () => {
    const { chapter } = chapterAt('alike.2')!;
    const { course } = await play(chapter);
    expect(seen(chapter, course, () => undefined)).toHaveLength(chapter.sights.length - 1);
  });
});

describe('chapters', () => {
  const chapters = STORIES.flatMap((story) => story.chapters);

  it('are the places that a state can have', () => {
    expect(chapters.map(({ place }) => place)).toEqual(PLACES);
    for (const story of STORIES)
      for (const chapter of story.chapters) expect(chapterAt(chapter.place)).toEqual({ story, chapter });
    expect(chapterAt('')).toBeUndefined();
  });

  it.each(chapters)('$place comes back from its link, and ends with a frame', (chapter) => {
    const state = stateOf(chapter);
    expect(fromHash(toHash(state))).toEqual({ state, refused: [] });
    expect(chapter.steps % state.every).toBe(0);
    expect(follows({ ...state, steps: 7, view: 'keep', story: '' }, chapter)).toBe(true);
    expect(follows({ ...state, seed: 2 }, chapter)).toBe(false);
  });
});
