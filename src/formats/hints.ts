/** The check of what callers say of a network beside its files. */
import { LOSSES } from '../network.js';
import { checkNumber, checkOneOf, checkOptions, describe } from '../validate.js';

/** @throws TypeError or RangeError naming the hint; activations are checked where their layer can be named */
export function checkHints(value: unknown): void {
  const known = ['activation', 'activations', 'loss', 'weightDecay', 'layout', 'layers'];
  const { activation, activations, loss, weightDecay, layout, layers } = checkOptions('hints', value, known);
  if (activation !== undefined && typeof activation !== 'string') {
    throw new TypeError(`hints.activation: expected a name; got ${describe(activation)}`);
  }
  if (activation !== undefined && activations !== undefined) {
    throw new RangeError('hints: expected activation or activations; got both');
  }
  checkNames('hints.activations', activations);
  checkNames('hints.layers', layers);
  if (loss !== undefined) checkOneOf('hints.loss', loss, LOSSES);
  if (weightDecay !== undefined) checkNumber('hints.weightDecay', weightDecay, 0);
  if (layout !== undefined) checkOneOf('hints.layout', layout, ['out-in', 'in-out']);
}

function checkNames(name: string, value: unknown): void {
  if (value === undefined || (Array.isArray(value) && value.every((entry) => typeof entry === 'string')))
    return;
  throw new TypeError(`${name}: expected an array of names; got ${describe(value)}`);
}
