/** Runs worth seeing. Of what a chapter says was seen, the page says what is true of its run; the tests ask that all be. */
import { DEFAULTS, sameRun, type State } from './state.js';
import { alike } from './stories/alike.js';
import { type Chapter, type Course, type Story, upTo } from './stories/chapter.js';
import { edge } from './stories/edge.js';
import { flat } from './stories/flat.js';
import { tight } from './stories/tight.js';
import { widths } from './stories/width.js';

export const STORIES: readonly Story[] = [edge, flat, alike, widths, tight];

/** The state in which a chapter begins. */
export function stateOf({ state, place }: Chapter): State {
  return { ...DEFAULTS, ...state, story: place };
}

/** The story and the chapter of a place. */
export function chapterAt(place: State['story']): { story: Story; chapter: Chapter } | undefined {
  for (const story of STORIES) {
    const chapter = story.chapters.find((one) => one.place === place);
    if (chapter) return { story, chapter };
  }
  return undefined;
}

/** Whether a state's numbers are those of its chapter. */
export function follows(state: State, chapter: Chapter): boolean {
  return sameRun(state, stateOf(chapter));
}

/** What of the chapter's sentences is true of its run; none before it has ended. */
export function seen(
  { steps, sights }: Chapter,
  run: Course,
  earlier: (chapter: number) => Course | undefined,
): string[] {
  const whole = upTo(run, steps);
  if (whole.at(-1)?.step !== steps) return [];
  return sights.flatMap((sight) => {
    const sentence = sight(whole, earlier);
    return sentence?.holds ? [sentence.says] : [];
  });
}
