/**
 * Which side of 2/η the sharpness is on, in words that claim no more than the bracket lower ≤ λ_max ≤ upper proves. Above 2/η gradient descent with all
 * samples diverges on the quadratic model of the loss, below it converges where that is a bowl; of the loss itself, whose curvature changes on the way,
 * neither is proved, and the words speak of a bowl.
 */
import { type Frame } from './engine/session.js';
import { readable } from './number.js';
import { type State } from './state.js';

export interface Verdict {
  side: 'below' | 'above' | 'undecided' | 'none';
  words: string;
}

/** 2/η with momentum is three operations, each rounded. */
const ROUNDING = 4 * Number.EPSILON;

export function verdictOf(
  { lower, upper, stability }: Pick<Frame, 'lower' | 'upper' | 'stability'>,
  state: Pick<State, 'optimizer' | 'momentum' | 'batch' | 'strength'>,
): Verdict {
  if (stability === undefined) {
    const name = state.optimizer === 'sam' ? 'SAM' : 'Adam';
    return { side: 'none', words: `2/η is the limit of gradient descent; ${name} has another.` };
  }
  const threshold = thresholdOf(state);
  if (upper < stability * (1 - ROUNDING)) {
    const share = readable((upper + Math.abs(upper) * ROUNDING) / stability, 3, 'above');
    return {
      side: 'below',
      words: `Certainly below: λ_max is at most ${share} × ${threshold}. ${meaning(state, 'In a bowl as sharp as that, gradient descent is stable.')}`,
    };
  }
  if (lower > stability * (1 + ROUNDING)) {
    const share = readable((lower * (1 - ROUNDING)) / stability, 3, 'below');
    return {
      side: 'above',
      words: `Certainly above: λ_max is at least ${share} × ${threshold}. ${meaning(state, 'In a bowl as sharp as that, gradient descent swings farther with every step.')}`,
    };
  }
  return {
    side: 'undecided',
    words: `Neither side of ${threshold} is certain: it lies within the guaranteed bracket.`,
  };
}

/** What stands for Frame.stability. */
export function thresholdOf({ optimizer, momentum }: Pick<State, 'optimizer' | 'momentum'>): string {
  return optimizer === 'sgd' && momentum > 0 ? '(1 + μ) 2/η' : '2/η';
}

/** The threshold is that of all samples, and of the loss alone. */
function meaning({ batch, strength }: Pick<State, 'batch' | 'strength'>, plainly: string): string {
  if (batch > 0)
    return 'It is the limit of descent with all samples; with batches the run becomes unstable earlier.';
  if (strength > 0)
    return 'It is the limit of descent on the loss alone, without the bound in the objective.';
  return plainly;
}
