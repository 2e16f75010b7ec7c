/** The bound knows the norm of the spectrum, not among how many it is shared. */
import { type State } from '../state.js';
import { type Sight, type Story, gap, last, n, percent, range, narrowing } from './chapter.js';

const DIGITS = {
  data: 'digits',
  loss: 'softmax-cross-entropy',
  every: 4,
  view: 'hessian',
} satisfies Partial<State>;

const bracket: Sight = (run) => {
  const [, widest] = range(run, 0, ({ lower, upper }) => upper / lower - 1);
  return {
    says: `The bracket of the certificate, which asks the Hessian a few more questions, was never wider than ${percent(widest)}.`,
    holds: widest <= 1e-3,
  };
};

/** Of so many eigenvalues of about a size. */
const shared =
  (k: number): Sight =>
  (run) => ({
    says: `The bound ended at ${n(gap(last(run)))} times λ_max. Were the ${NUMBERS[k]} exactly equal and all others 0, it would be nearly √${k} = ${n(Math.sqrt(k))} times.`,
    holds: gap(last(run)) > 0.78 * Math.sqrt(k) && gap(last(run)) < Math.sqrt(k),
  });
const NUMBERS: Record<number, string> = { 2: 'two', 4: 'four' };

export const tight: Story = {
  title: 'When the bound is tight',
  teaser: 'Two numbers tell the largest eigenvalue. When?',
  mark: [
    { of: 'bound', path: 'M1 2C12 2 14 14 39 14.5' },
    { of: 'exact', path: 'M1 21C10 21 16 17.5 39 17.5' },
  ],
  chapters: [
    {
      place: 'tight.1',
      title: 'One direction',
      text: 'The moons and two hidden layers. At the start many eigenvalues are of a size, positive and negative, and the bound cannot tell that the norm is shared among them. Watch the spectrum below: training pulls one eigenvalue out of the crowd, and the bound comes down to it.',
      state: { samples: 100, every: 4, view: 'hessian' },
      steps: 480,
      sights: [narrowing, bracket],
    },
    {
      place: 'tight.2',
      title: 'Two directions',
      text: 'Handwritten digits through a bottleneck of two hidden units. Each unit comes to have one direction in which the loss is steep, and these are about equally steep. The norm is shared by two, and the bound cannot know.',
      state: { ...DIGITS, hidden: [2] },
      steps: 200,
      sights: [shared(2), bracket],
    },
    {
      place: 'tight.3',
      title: 'Four directions',
      text: 'Four hidden units: four large eigenvalues. This bound stays loose however long one trains, since there is never one direction alone.',
      state: { ...DIGITS, hidden: [4] },
      steps: 200,
      sights: [shared(4), bracket],
    },
  ],
};
