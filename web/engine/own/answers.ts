/** What a visitor says of the files where these do not, as typed into the form, and what a message asks for. */
import { type Activation, type Loss } from '../../../src/index.js';
import { FormatError } from '../../../src/formats/files.js';
import { type ProblemHints } from '../../../src/formats/problem.js';

/** Texts of several names have commas between them. Absent: as the files say, or as is inferred. */
export interface Answers {
  activation?: Activation;
  activations?: string;
  loss?: Loss;
  layout?: 'out-in' | 'in-out';
  layers?: string;
  weightDecay?: string;
  header?: 'yes' | 'no';
  label?: string;
  features?: string;
  ignore?: string;
  weights?: string;
  classes?: string;
  standardize?: 'yes';
  oneHot?: 'yes';
}
export type Field = keyof Answers;

/** What cannot be read, or is not known: a sentence, and the fields of the form that would help. */
export interface Fault {
  /** The name of the file that it is about, if it is about one. */
  file?: string;
  message: string;
  asks: Field[];
}

/** The command line's option for each field: messages name these. */
export const OPTIONS: Record<Field, string> = {
  activation: 'activation',
  activations: 'activations',
  loss: 'loss',
  layout: 'layout',
  layers: 'layers',
  weightDecay: 'weight-decay',
  header: 'header',
  label: 'label',
  features: 'features',
  ignore: 'ignore',
  weights: 'sample-weights',
  classes: 'classes',
  standardize: 'standardize',
  oneHot: 'one-hot',
};

export function hintsOf(answers: Answers): ProblemHints {
  const { activation, activations, loss, layout, layers, weightDecay } = answers;
  const { header, label, features, ignore, weights, classes, standardize, oneHot } = answers;
  return {
    network: {
      ...(activation && activations === undefined && { activation }),
      ...(activations !== undefined && { activations: names(activations) as Activation[] }),
      ...(loss && { loss }),
      ...(layout && { layout }),
      ...(layers !== undefined && { layers: names(layers) }),
      ...(weightDecay !== undefined && { weightDecay: Number(weightDecay) }),
    },
    data: {
      ...(header && { header: header === 'yes' }),
      ...(label !== undefined && { label: names(label) }),
      ...(features !== undefined && { features: names(features) }),
      ...(ignore !== undefined && { ignore: names(ignore) }),
      ...(weights !== undefined && { weights: weights.trim() }),
      ...(classes !== undefined && { classes: names(classes) }),
      ...(standardize && { standardize: true }),
      ...(oneHot && { oneHot: true }),
    },
  };
}

/** The same on the command line. */
export function argumentsOf(answers: Answers): string[] {
  return (Object.keys(OPTIONS) as Field[]).flatMap((field) => {
    const value = answers[field];
    if (value === undefined) return [];
    if (field === 'header') return [value === 'yes' ? '--header' : '--no-header'];
    const text = field === 'weights' ? value.trim() : names(value).join(',');
    return value === 'yes' ? [`--${OPTIONS[field]}`] : [`--${OPTIONS[field]}`, text];
  });
}

/** As a page says it: without the file, which stands beside, and with fields of the form for options of the command line. */
export function faultOf(error: unknown): Fault {
  const message = error instanceof Error ? error.message : String(error);
  const asked = Array.from(message.matchAll(/--(?:no-)?([a-z-]+)/g), ([, option]) => option);
  const asks = (Object.keys(OPTIONS) as Field[]).filter((field) => asked.includes(OPTIONS[field]));
  const words = message
    .replace(/ \(on the command line, [^)]*\)/g, '')
    .replace(/[:;]? on the command line, [^)]*(?=\)|$)/g, '');
  if (!(error instanceof FormatError)) return { message: words, asks };
  return { file: error.file, message: words.replace(`${error.file}: `, ''), asks };
}

function names(text: string): string[] {
  return text.split(',').map((name) => name.trim());
}
