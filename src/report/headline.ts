/** The answer: what is guaranteed of both ends of the spectrum, and what is true. */
import { type Interval } from '../bounds.js';
import { type BoundName } from '../sharpness-options.js';
import { type Analysis } from './analysis.js';
import { drawIntervals } from './intervals.js';
import { significant, significantDown, significantUp } from './numbers.js';
import { type Style } from './style.js';

export const BOUND_NAMES: Record<BoundName, string> = {
  wolkowiczStyan: 'Wolkowicz-Styan',
  layerBlocks: 'layer blocks',
  gaussNewton: 'Gauss-Newton split',
  quartic: 'four moments',
  deflated: 'deflated Wolkowicz-Styan',
  aPriori: 'a-priori form',
};

export function headline(analysis: Analysis, width: number, paint: Style): string[] {
  const found = statements(analysis);
  const rows = found.flatMap((statement, i) => [...(i > 0 ? [{}] : []), ...rowsOf(statement)]);
  const bars = drawIntervals(found, width, paint);
  return [...align(rows, width, paint), ...(bars.length > 0 ? ['', ...bars] : [])];
}

/** What is guaranteed of one end of the spectrum, and what is true. */
export interface Statement {
  name: 'λ_max' | 'λ_min';
  interval: Interval;
  exact: number | undefined;
  /** guaranteed, or proven */
  guarantee: string;
  /** Which bound the upper end is from. */
  source?: string;
  /** upper / exact, where that says something. */
  ratio?: string;
}

/** Of the largest eigenvalue, then of the smallest if anything is known of it. */
export function statements(analysis: Analysis): Statement[] {
  const { lower, upper, exact } = analysis;
  const guarantee = analysis.certified ? 'proven' : 'guaranteed';
  const interval = smallestInterval(analysis);
  return [
    {
      name: 'λ_max',
      interval: { lower, upper },
      exact: exact?.largest,
      guarantee,
      source: boundSource(analysis),
      ...(exact && exact.largest > 0 && { ratio: ratio(upper, exact.largest) }),
    },
    ...(interval ? [{ name: 'λ_min' as const, interval, exact: exact?.smallest, guarantee }] : []),
  ];
}

/** With as many digits as tell the numbers apart, bounds rounded outward. */
export function printed({ interval, exact }: Statement): { lower: string; upper: string; exact?: string } {
  const { lower, upper } = interval;
  const digits = digitsBetween(upper, exact ?? lower);
  return {
    lower: significantDown(lower, digitsBetween(upper, lower)),
    upper: significantUp(upper, digits),
    ...(exact !== undefined && { exact: significant(exact, digits) }),
  };
}

const EXACT_NOTE = 'exact (assembled Hessian, eigensolver)';

/** lower relation name relation value note */
interface Row {
  kind?: 'guaranteed' | 'exact';
  lower?: string;
  name?: string;
  relation?: string;
  value?: string;
  note?: string;
}

function rowsOf(statement: Statement): Row[] {
  const { name, guarantee, source } = statement;
  const { lower, upper, exact } = printed(statement);
  const note = source === undefined ? guarantee : `${guarantee} (${source})`;
  const rows: Row[] = [{ kind: 'guaranteed', lower: `${lower} ≤`, name, relation: '≤', value: upper, note }];
  if (exact !== undefined) rows.push({ kind: 'exact', name, relation: '=', value: exact, note: EXACT_NOTE });
  if (statement.ratio !== undefined) rows.push({ value: statement.ratio, note: '= upper / exact' });
  return rows;
}

function align(rows: Row[], width: number, paint: Style): string[] {
  const low = Math.max(...rows.map(({ lower }) => lower?.length ?? 0));
  const high = Math.max(...rows.map(({ value }) => value?.length ?? 0));
  return rows.map(({ kind, lower = '', name = '', relation = '', value = '', note = '' }) => {
    const left = `${lower.padStart(low)} ${name.padEnd(5)} ${relation.padEnd(1)} `;
    const painted =
      kind === 'guaranteed'
        ? paint.green(paint.bold(left + value))
        : left + (kind === 'exact' ? paint.yellow(paint.bold(value)) : value);
    const gap = ' '.repeat(high - value.length + 3);
    const fits = left.length + value.length + gap.length + note.length <= width;
    return (painted + gap + paint.dim(fits ? note : note.replace(/ \(.*/, ''))).trimEnd();
  });
}

/** Which bound gives the upper end of the bracket; ‖H‖_F if none asked for is sharper. */
function boundSource({ bounds, upper }: Analysis): string {
  const names = Object.keys(bounds) as BoundName[];
  const source = names.find((name) => bounds[name]?.largest.upper === upper);
  return source === undefined ? '‖H‖_F' : BOUND_NAMES[source];
}

function smallestInterval({ bounds }: Analysis): Interval | undefined {
  const known = Object.values(bounds).flatMap(({ smallest }) => (smallest ? [smallest] : []));
  if (known.length === 0) return undefined;
  return {
    lower: Math.max(...known.map(({ lower }) => lower)),
    upper: Math.min(...known.map(({ upper }) => upper)),
  };
}

/** Enough digits to tell two values apart. */
function digitsBetween(a: number, b: number): number {
  const size = Math.max(Math.abs(a), Math.abs(b));
  if (a === b || size === 0) return 4;
  const gap = Math.abs(a / size - b / size);
  return Math.min(10, Math.max(4, Math.ceil(-Math.log10(gap)) + 2));
}

function ratio(upper: number, exact: number): string {
  const excess = upper / exact - 1;
  return Math.abs(excess) < 1e-3 ? `1 + ${significant(excess, 2)}` : significant(upper / exact);
}
