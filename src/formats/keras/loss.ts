/**
 * The loss that a Keras or TF.js model was compiled with, under our names. Two of them are on another scale there: Keras takes the mean over
 * outputs where here it is the sum (sigmoid) or half the sum (squared error); the notes say by how much.
 */
import { type Loss } from '../../network.js';
import { describe } from '../../validate.js';
import { type Config, field, isObject, problem } from './config.js';

const LOSSES: Readonly<Record<string, Loss>> = {
  categoricalcrossentropy: 'softmax-cross-entropy',
  sparsecategoricalcrossentropy: 'softmax-cross-entropy',
  binarycrossentropy: 'sigmoid-cross-entropy',
  meansquarederror: 'squared-error',
  mse: 'squared-error',
};
/** What makes the probabilities that a loss takes. */
const ENDINGS: Readonly<Partial<Record<Loss, string>>> = {
  'softmax-cross-entropy': 'softmax',
  'sigmoid-cross-entropy': 'sigmoid',
};

export interface KerasLoss {
  loss?: Loss;
  notes: string[];
}

/**
 * @param compiled compile_config or training_config, if the file has one
 * @param last what follows the last layer, and its outputs
 * @param given the loss that the user says
 * @throws FormatError where the loss is none of ours, or takes probabilities and gets logits or the other way round, unless one is given
 */
export function lossOf(
  compiled: Config | undefined,
  last: { activation?: string; units: number },
  given: Loss | undefined,
): KerasLoss {
  const entry = compiled && field(compiled, 'loss');
  if (!compiled || entry === undefined) return { notes: [] };
  const { name, fields } = lossIn(compiled, entry);
  const loss = LOSSES[name.toLowerCase().replace(/[-_ ]/g, '')] as Loss | undefined;
  if (given !== undefined) {
    const notes = loss === given ? [] : [`the loss is ${given}, as given, and not ${name}, as the file says`];
    return { notes };
  }
  if (!loss) {
    throw problem(
      compiled,
      `the loss ${name} is none of ours; the one to use has to be given (on the command line, --loss)`,
    );
  }
  refuseContradiction(compiled, { name, fields }, loss, last.activation);
  return {
    loss,
    notes: [
      `the loss is ${loss}: the file says ${name}`,
      ...scale(name, loss, last.units),
      ...extras(compiled, fields),
    ],
  };
}

interface NamedLoss {
  name: string;
  fields: Record<string, unknown>;
}

/** A name, a function, an object with its options, or one of these in a list or under an output's name. */
function lossIn(compiled: Config, given: unknown, depth = 0): NamedLoss {
  if (typeof given === 'string') return { name: given, fields: {} };
  if (isObject(given) && typeof given['class_name'] === 'string') {
    const { class_name: name, config } = given;
    if (name === 'function' && typeof config === 'string') return { name: config, fields: {} };
    return { name, fields: isObject(config) ? config : {} };
  }
  const parts = typeof given === 'object' && given !== null ? (Object.values(given) as unknown[]) : [];
  if (parts.length === 1 && depth < 2) return lossIn(compiled, parts[0], depth + 1);
  throw problem(compiled, `loss: expected one loss; got ${describe(given)}`);
}

function refuseContradiction(
  compiled: Config,
  { name, fields }: NamedLoss,
  loss: Loss,
  end = 'linear',
): void {
  const fromLogits = fields['from_logits'] === true;
  const axis = fields['axis'] ?? -1;
  const makes = ENDINGS[loss];
  if (makes === undefined) return;
  if (axis !== -1 && axis !== 1) {
    throw problem(compiled, `${name}: expected the axis of the outputs, -1; got ${describe(axis)}`);
  }
  const otherwise = 'give the loss that is meant (on the command line, --loss)';
  if (fromLogits && (end === 'softmax' || end === 'sigmoid')) {
    throw problem(compiled, `${name} has from_logits: true, but the model ends in ${end}: ${otherwise}`);
  }
  if (!fromLogits && end !== makes) {
    throw problem(
      compiled,
      `${name} has from_logits: false, and takes the probabilities of a ${makes}, but the model ends in ${end}: ${otherwise}`,
    );
  }
}

function scale(name: string, loss: Loss, outputs: number): string[] {
  if (loss === 'sigmoid-cross-entropy' && outputs > 1) {
    return [
      `${name} is a mean over ${outputs} outputs, and here a sum: loss and Hessian are ${outputs} times those of Keras`,
    ];
  }
  if (loss !== 'squared-error') return [];
  const factor = outputs / 2;
  if (factor === 1) return [];
  return [
    `${name} is a mean of squares over the outputs, and here half their sum: loss and Hessian are ${factor} times those of Keras`,
  ];
}

function extras(compiled: Config, fields: Record<string, unknown>): string[] {
  const smoothing = fields['label_smoothing'];
  const notes: string[] = [];
  if (typeof smoothing === 'number' && smoothing !== 0) {
    notes.push(`its label smoothing of ${smoothing} is not applied: targets are taken as they are`);
  }
  const ignored = fields['ignore_class'];
  if (typeof ignored === 'number') {
    notes.push(`its ignore_class of ${ignored} is not applied: samples of that class count as all others do`);
  }
  if (fields['reduction'] === 'sum') notes.push('its sum over samples is a mean here');
  if (field(compiled, 'loss_weights') !== undefined) notes.push('its loss_weights are not applied');
  return notes;
}
