/** What train tells while it trains: a line for each report, in columns of one width from the first line on. */
import { significant, significantDown, significantUp } from '../report/numbers.js';
import { style, type Style } from '../report/style.js';
import { type TrainingReport } from '../training/train.js';
import { type TrainingChoices } from './training-options.js';
import { appearance } from './terminal.js';

interface Field {
  head: string;
  width: number;
  cell: (report: TrainingReport) => string;
}

export class TrainingTable {
  readonly #shown: boolean;
  readonly #paint: Style;
  readonly #choices: TrainingChoices;
  #fields: Field[] | undefined;

  /** Nothing where JSON is all that is to be printed. */
  constructor(choices: TrainingChoices, { json }: { json: boolean }) {
    this.#shown = !json;
    this.#paint = style(appearance(process.stdout, process.env).color);
    this.#choices = choices;
  }

  print(report: TrainingReport): void {
    if (!this.#shown) return;
    if (!this.#fields) {
      this.#fields = fieldsOf(report, this.#choices);
      const head = this.#fields.map(({ head, width }) => head.padStart(width)).join('');
      process.stdout.write(`\n${this.#paint.dim(head)}\n`);
    }
    process.stdout.write(`${this.#fields.map(({ cell, width }) => cell(report).padStart(width)).join('')}\n`);
  }
}

/** Bounds are printed rounded outward: what is printed is guaranteed, too. */
function fieldsOf(first: TrainingReport, { options, measures }: TrainingChoices): Field[] {
  const bracket = (end: 'lower' | 'upper', round: typeof significantUp) => {
    return ({ certificate }: TrainingReport): string => (certificate ? round(certificate[end], 5) : '');
  };
  const optional = (x: number | undefined, text: (x: number) => string): string =>
    x === undefined ? '' : text(x);
  return [
    { head: 'step', width: 9, cell: ({ step }) => String(step) },
    { head: 'loss', width: 12, cell: ({ loss }) => significant(loss, 5) },
    ...when(first.accuracy !== undefined, {
      head: 'accuracy',
      width: 10,
      cell: ({ accuracy = 0 }) => `${(100 * accuracy).toFixed(1)} %`,
    }),
    ...when(measures.includes('certificate'), {
      head: 'λ_max ≥',
      width: 12,
      cell: bracket('lower', significantDown),
    }),
    ...when(measures.includes('certificate'), {
      head: '≤',
      width: 11,
      cell: bracket('upper', significantUp),
    }),
    ...when(measures.includes('bound'), {
      head: 'bound',
      width: 11,
      cell: ({ bound }) => optional(bound, (x) => significantUp(x, 5)),
    }),
    ...when(measures.includes('exact'), {
      head: 'exact',
      width: 11,
      cell: ({ exact }) => optional(exact, (x) => significant(x, 5)),
    }),
    ...when(first.stability !== undefined, {
      head: '2/η',
      width: 11,
      cell: ({ stability }) => optional(stability, (x) => (x === Infinity ? '∞' : significant(x, 4))),
    }),
    ...when(options.schedule !== undefined, {
      head: 'η',
      width: 10,
      cell: ({ learningRate }) => significant(learningRate, 3),
    }),
  ];
}

function when(wanted: boolean, field: Field): Field[] {
  return wanted ? [field] : [];
}
