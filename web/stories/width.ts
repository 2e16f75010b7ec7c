/** More hidden units: sharper at first, flatter at the end, and a bound that has farther to come. */
import { type State } from '../state.js';
import { type Sight, type Story, sharp, first, last, n, starts, narrowing } from './chapter.js';

const width = (units: number): Partial<State> => ({ samples: 100, hidden: [units], every: 5 });

/** Against the network before it: sharper at first, with a bound that grows more than the truth. */
const wider =
  (chapter: number): Sight =>
  (run, earlier) => {
    const narrow = earlier(chapter);
    if (!narrow) return undefined;
    const truth = sharp(first(run)) / sharp(first(narrow));
    const bound = first(run).bound / first(narrow).bound;
    return {
      says: `Untrained, it was ${n(truth)} times as sharp as the one with four units, and its bound ${n(bound)} times as large; trained, it was ${n(sharp(last(run)) / sharp(last(narrow)))} times as sharp.`,
      holds: truth > 1 && bound > truth && sharp(last(run)) < sharp(last(narrow)),
    };
  };

export const widths: Story = {
  title: 'Width',
  teaser: 'Four, sixteen, sixty-four hidden units: which is sharpest?',
  mark: [
    {
      of: 'dots',
      path: 'M4 9v0M4 15v0M18 3v0M18 9v0M18 15v0M18 21v0M30 3v0M30 9v0M30 15v0M30 21v0M36 3v0M36 9v0M36 15v0M36 21v0',
    },
  ],
  chapters: [
    {
      place: 'width.1',
      title: '4 units',
      text: 'A narrow network learns the two moons, by the same steps as the wider ones to come. Watch the gap between the bound and the sharpness, at the start and at the end.',
      state: width(4),
      steps: 800,
      sights: [starts, narrowing],
    },
    {
      place: 'width.2',
      title: '16 units',
      text: 'Four times as wide. With more parameters to share the norm of the Hessian, two numbers (its trace and its norm) say less about the largest eigenvalue: the bound begins farther away.',
      state: width(16),
      steps: 800,
      sights: [starts, wider(1), narrowing],
    },
    {
      place: 'width.3',
      title: '64 units',
      text: 'Sixteen times as wide. The gap at the start is the widest yet. Watch how soon it closes, and where the sharpness ends beside that of the narrow network.',
      state: width(64),
      steps: 800,
      sights: [starts, wider(1), narrowing],
    },
  ],
};
