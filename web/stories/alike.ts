/** What copies of samples do to the Hessian (nothing), and what their directions do (much). */
import { readable } from '../number.js';
import { type State } from '../state.js';
import { type Sight, type Story, sharp, first, last, sharpest, apart, n, starts } from './chapter.js';

const ALIKE = { samples: 10, hidden: [8], every: 2 } satisfies Partial<State>;

/** How bound and truth at the start compare with those of the copies. */
function beginning(
  says: (truth: string, bound: string) => string,
  holds: (truth: number, bound: number) => boolean,
): Sight {
  return (run, earlier) => {
    const copies = earlier(2);
    if (!copies) return undefined;
    const truth = sharp(first(run)) / sharp(first(copies));
    const bound = first(run).bound / first(copies).bound;
    return { says: says(n(truth), n(bound)), holds: holds(truth, bound) };
  };
}

export const alike: Story = {
  title: 'Alike and apart',
  teaser: 'The same samples twice, turned apart, turned alike.',
  mark: [
    { of: 'ink', path: 'M3 21V3M3 21H19' },
    { of: 'ink', path: 'M24 21L33 3M24 21L37 6M24 21L39 10' },
  ],
  chapters: [
    {
      place: 'alike.1',
      title: 'Ten samples',
      text: 'Ten points of the two moons, and a network with eight hidden units. Note where bound and sharpness begin: this is what the next chapters are compared with.',
      state: ALIKE,
      steps: 300,
      sights: [
        starts,
        (run) => ({
          says: `As the loss fell to ${n(last(run).loss)}, λ_max fell to ${n(sharp(last(run)))}.`,
          holds: sharp(last(run)) < sharp(first(run)) / 4,
        }),
      ],
    },
    {
      place: 'alike.2',
      title: 'Each twice',
      text: 'Now each of them stands in the data twice: twenty samples. Loss and Hessian are means over the samples. So what do you expect to see?',
      state: { ...ALIKE, copies: 2 },
      steps: 300,
      sights: [
        starts,
        (run, earlier) => {
          const once = earlier(1);
          if (!once) return undefined;
          const difference = apart(run, once);
          return {
            says: `The curves are the same: λ_max never differs by more than ${difference === 0 ? '0' : readable(difference, 1)} of itself, which is rounding. Copies bring no curvature.`,
            holds: difference < 1e-9,
          };
        },
      ],
    },
    {
      place: 'alike.3',
      title: 'Turned apart',
      text: 'The same twenty samples, as long as before and with the same labels, but turned by extra inputs until they stand nearly at right angles to one another, copies too. A step for one now hardly moves the others.',
      state: { ...ALIKE, copies: 2, similarity: -0.99 },
      steps: 300,
      sights: [
        starts,
        beginning(
          (truth, bound) =>
            `Beside the copies, the truth is ${truth} of what it was, and the bound ${bound}: it falls even more.`,
          (truth, bound) => truth < 1 && bound < 0.8 * truth,
        ),
        (run) => ({
          says: `And training is another: λ_max went up to ${n(sharp(sharpest(run)))} before it fell.`,
          holds: sharp(sharpest(run)) > 1.1 * sharp(first(run)),
        }),
      ],
    },
    {
      place: 'alike.4',
      title: 'Turned alike',
      text: 'The other way: the same lengths, turned until all point nearly the same way. What is steep for one sample is steep for all, and their curvatures add up in one direction.',
      state: { ...ALIKE, copies: 2, similarity: 0.95 },
      steps: 300,
      sights: [
        starts,
        beginning(
          (truth) =>
            `The loss is ${truth} times as sharp as with copies, and the bound closer to the truth: one direction carries nearly all.`,
          (truth) => truth > 1.1,
        ),
        (run, earlier) => {
          const before = earlier(3);
          if (!before) return undefined;
          const times = sharp(sharpest(run)) / sharp(sharpest(before));
          return {
            says: `At its sharpest it was ${n(times)} times as sharp as with samples turned apart.`,
            holds: times > 1.5,
          };
        },
      ],
    },
  ],
};
