/** SGD, SAM and HSR from one start: the same loss, another sharpness. */
import { type State } from '../state.js';
import { type Sight, type Story, sharp, last, n, percent } from './chapter.js';

const FLAT = { data: 'iris', loss: 'softmax-cross-entropy', hidden: [8], every: 6 } satisfies Partial<State>;

/** The same loss, but flatter. */
const flatter: Sight = (run, earlier) => {
  const plain = earlier(1);
  if (!plain) return undefined;
  const [here, there] = [last(run), last(plain)];
  return {
    says: `Loss and accuracy are almost those of plain SGD (${n(there.loss)}, ${percent(there.accuracy!)}), the sharpness is ${n(sharp(here) / sharp(there))} of it.`,
    holds:
      here.loss < 1.1 * there.loss &&
      Math.abs(here.accuracy! - there.accuracy!) < 0.01 &&
      sharp(here) < 0.5 * sharp(there),
  };
};

const ends: Sight = (run) => ({
  says: `It ended with loss ${n(last(run).loss)}, accuracy ${percent(last(run).accuracy!)}, and λ_max = ${n(sharp(last(run)))}.`,
  holds: last(run).accuracy! > 0.95,
});

export const flat: Story = {
  title: 'Sharp and flat minima',
  teaser: 'One loss, one accuracy: how different can minima be?',
  mark: [
    { of: 'ink', path: 'M2 2C5 27 9 27 12 2' },
    { of: 'ink', path: 'M16 8C20 25 35 25 39 8' },
  ],
  chapters: [
    {
      place: 'flat.1',
      title: 'SGD',
      text: 'A small network learns the three species of iris by plain gradient descent. Watch the loss fall, and remember where the sharpness ends: it stays in the chart for the next two chapters.',
      state: FLAT,
      steps: 1200,
      sights: [ends],
    },
    {
      place: 'flat.2',
      title: 'SAM',
      text: 'Sharpness-aware minimization, from the same start. Each step takes the gradient not where the weights are but a little uphill (ρ = 0.3), where a sharp minimum is felt sooner than a flat one.',
      state: { ...FLAT, optimizer: 'sam', rho: 0.3 },
      steps: 1200,
      sights: [ends, flatter],
    },
    {
      place: 'flat.3',
      title: 'HSR',
      text: 'Descent on the loss plus 0.03 times the bound on λ_max: the guaranteed number itself becomes part of what is minimized. Its gradient is exact, and a step costs many times one of SGD.',
      state: { ...FLAT, strength: 0.03 },
      steps: 1200,
      sights: [
        ends,
        flatter,
        (run, earlier) => {
          const plain = earlier(1);
          return (
            plain && {
              says: `The bound is ${n(last(run).bound)} instead of ${n(last(plain).bound)}. Whether a flatter minimum predicts better is another question: in our experiments, hardly.`,
              holds: last(run).bound < 0.5 * last(plain).bound,
            }
          );
        },
      ],
    },
  ],
};
