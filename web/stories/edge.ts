/** Full-batch gradient descent sharpens the loss to 2/η and stays there; cross-entropy lets go of it. */
import { type Story, sharp, height, first, last, sharpest, rises, n, percent, range } from './chapter.js';

const EDGE = { data: 'circles', samples: 100, loss: 'squared-error', every: 8 } as const;

export const edge: Story = {
  title: 'The edge of stability',
  teaser: 'Training sharpens the loss until the steps can bear no more.',
  mark: [
    { of: 'threshold', path: 'M1 8H39' },
    {
      of: 'exact',
      path: 'M1 21C8 20 11 16 14 9L16.5 4.5L19.5 10.5L22.5 6L25.5 9.5L28.5 7L31.5 8.6L35 7.5L39 8',
    },
  ],
  chapters: [
    {
      place: 'edge.1',
      title: 'η = 0.4',
      text: 'Gradient descent on two circles, all samples in each step, squared error. With steps of η = 0.4 a quadratic bowl sharper than 2/η = 5, the red line, would throw the weights out. Watch the sharpness λ_max climb past that line: the loss jumps, and yet nothing flies apart. (From other starts the way differs; eight of nine tried ended within a tenth of the line.)',
      state: { ...EDGE, learningRate: 0.4 },
      steps: 1600,
      sights: [
        (run) => ({
          says: `λ_max began at ${n(sharp(first(run)))}, ${n(height(first(run)))} × 2/η, and shot up to ${n(sharp(sharpest(run)))} at step ${sharpest(run).step}.`,
          holds: height(first(run)) < 0.9 && height(sharpest(run)) > 1.2,
        }),
        (run) => {
          const [low, high] = range(run, 1200, height);
          return {
            says: `In the last 400 steps it stayed between ${n(low)} and ${n(high)} × 2/η: on the red line.`,
            holds: low > 0.9 && high < 1.1,
          };
        },
        (run) => ({
          says: `The loss still fell, from ${n(first(run).loss)} to ${n(last(run).loss)}, but not steadily: in ${rises(run)} of ${run.length - 1} frames it was higher than in the one before.`,
          holds: last(run).loss < first(run).loss / 10 && rises(run) >= 5,
        }),
      ],
    },
    {
      place: 'edge.2',
      title: 'Half the step',
      text: 'The same start, the same data; only η is 0.2, so that 2/η is 10. Were the plateau a property of the data, it would be where it was. Watch where it is now.',
      state: { ...EDGE, learningRate: 0.2 },
      steps: 1600,
      sights: [
        (run) => {
          const [low, high] = range(run, 1200, height);
          return {
            says: `λ_max climbed to ${n(sharp(last(run)))}, and in the last 400 steps was between ${n(low)} and ${n(high)} × 2/η.`,
            holds: low > 0.9 && high < 1.1 && sharp(last(run)) > 2 * sharp(first(run)),
          };
        },
        (run, earlier) => {
          const before = earlier(1);
          if (!before) return undefined;
          const times = sharp(last(run)) / sharp(last(before));
          return {
            says: `That is ${n(times)} times as sharp as with twice the step: how sharp the end is was the choice of whoever chose η.`,
            holds: times > 1.8 && times < 2.2,
          };
        },
      ],
    },
    {
      place: 'edge.3',
      title: 'Cross-entropy',
      text: 'The same network and data with the loss that classifiers are trained with, η = 1. It begins alike: up, and past the red line. But once the network is sure of its answers, cross-entropy has hardly any curvature left. Watch the sharpness let go of the line, as it did from seven of nine starts in as many steps.',
      state: { ...EDGE, loss: 'sigmoid-cross-entropy', learningRate: 1, every: 5 },
      steps: 1000,
      sights: [
        (run) => ({
          says: `λ_max rose from ${n(height(first(run)))} to ${n(height(sharpest(run)))} × 2/η at step ${sharpest(run).step}, and ended at ${n(height(last(run)))} × 2/η.`,
          holds: height(sharpest(run)) > 1.1 && height(last(run)) < 0.6,
        }),
        (run) => ({
          says: `By then the loss was ${n(last(run).loss)}, and ${percent(last(run).accuracy!)} of the samples were on their side.`,
          holds: last(run).accuracy! > 0.95,
        }),
      ],
    },
  ],
};
