/**
 * How weights are stored and in which order their layers come, from names where they tell and from shapes where they do not. A layer takes as
 * many numbers as the one before gives; a bias has one for each output. What several readings satisfy is refused, with the hint to give.
 */
import { type NetworkHints } from './description.js';
import { FormatError } from './files.js';
import { type NamedTensor } from './tensors.js';

type Layout = 'out-in' | 'in-out';

/** A layer's tensors. */
export interface Group {
  name: string;
  weights: NamedTensor;
  bias?: NamedTensor;
  /** As the name of the weights tells it. */
  layout?: Layout;
}

export interface Arranged {
  group: Group;
  layout: Layout;
  inputs: number;
  outputs: number;
}

const STORED: Readonly<Record<Layout, string>> = {
  'out-in': 'outputs × inputs, as PyTorch stores them',
  'in-out': 'inputs × outputs, as Keras, scikit-learn and JAX store them',
};

/** @throws FormatError if no reading fits, or several do */
export function arrange(
  file: string,
  groups: readonly Group[],
  hints: NetworkHints,
): { order: Arranged[]; notes: string[] } {
  const given = hints.layers && inGivenOrder(file, groups, hints.layers);
  const unnamed = groups.find((group) => group.layout === undefined);
  const tried: Layout[] = hints.layout ? [hints.layout] : unnamed ? ['out-in', 'in-out'] : ['out-in'];
  const readings = tried.map((layout) =>
    reading(file, given ?? groups, given !== undefined, (group) => hints.layout ?? group.layout ?? layout),
  );
  const fitting = readings.filter(({ orders }) => orders.length > 0);
  if (fitting.length === 0) throw misfitting(file, given ?? groups, readings, hints);
  const [{ orders }] = fitting;
  if (fitting.length > 1) {
    throw new FormatError(
      file,
      `${unnamed!.weights.name}: neither names nor shapes tell how weights are stored; give the layout: ` +
        `out-in (${STORED['out-in']}) or in-out (${STORED['in-out']}); on the command line, --layout in-out`,
    );
  }
  if (orders.length > 1) {
    const [a, b] = orders.map((order) => order.map(({ group }) => group.name).join(','));
    throw new FormatError(
      file,
      `layers fit together in several orders, such as ${a} and ${b}; give the right one (on the command line, --layers ${a})`,
    );
  }
  const [order] = orders;
  const notes = layoutNotes(order, unnamed !== undefined && hints.layout === undefined);
  if (!given && order.length > 1) {
    const names = order.map(({ group }) => group.name).join(', ');
    const told = new Set(groups.map(family)).size === 1 && isAscending(order);
    notes.push(
      told
        ? `layers are in the order of their names: ${names}`
        : `layers are in the only order in which each takes what the one before gives: ${names}`,
    );
  }
  return { order, notes };
}

interface Reading {
  /** At most two: more make no difference. */
  orders: Arranged[][];
  /** A layer whose bias does not fit its weights. */
  misfit?: Group;
}

/** The orders that a choice of layouts allows. */
function reading(
  file: string,
  groups: readonly Group[],
  isOrdered: boolean,
  layoutOf: (group: Group) => Layout,
): Reading {
  const links: Arranged[] = [];
  for (const group of groups) {
    const { weights, bias } = group;
    const layout = layoutOf(group);
    const [outputs, inputs] = layout === 'out-in' ? weights.shape : [...weights.shape].reverse();
    if (bias && bias.shape.reduce((product, n) => product * n, 1) !== outputs)
      return { orders: [], misfit: group };
    links.push({ group, layout, inputs, outputs });
  }
  if (isOrdered)
    return { orders: links.every((link, l) => follows(links.at(l - 1)!, link, l)) ? [links] : [] };
  const ascending = ordersOf(file, links, true);
  return { orders: ascending.length > 0 ? ascending : ordersOf(file, links, false) };
}

function follows(before: Arranged, link: Arranged, l: number): boolean {
  return l === 0 || before.outputs === link.inputs;
}

/** The steps a search may take: with fewer than 100 layers it ends by itself, unless someone means it not to. */
const MOST_STEPS = 20_000;

/**
 * Up to two orders in which each layer takes what the one before gives. With isNumbered, names that differ in their numbers alone (fc1, fc2)
 * come in the order of these.
 */
function ordersOf(file: string, links: readonly Arranged[], isNumbered: boolean): Arranged[][] {
  const sorted = [...links].sort((a, b) => (rank(a.group) < rank(b.group) ? -1 : 1));
  const byInputs = new Map<number, Arranged[]>();
  for (const link of sorted) byInputs.set(link.inputs, [...(byInputs.get(link.inputs) ?? []), link]);
  const queues = new Map<string, Arranged[]>();
  for (const link of sorted)
    queues.set(family(link.group), [...(queues.get(family(link.group)) ?? []), link]);
  const placed = new Set<Arranged>();
  const taken = new Map<string, number>();
  const found: Arranged[][] = [];
  let steps = 0;
  const extend = (): void => {
    if (placed.size === links.length) {
      found.push([...placed]);
      return;
    }
    const last = [...placed].at(-1);
    for (const link of last ? (byInputs.get(last.outputs) ?? []) : sorted) {
      const name = family(link.group);
      const count = taken.get(name) ?? 0;
      if (placed.has(link) || (isNumbered && queues.get(name)![count] !== link)) continue;
      if (found.length > 1 || ++steps > MOST_STEPS) return;
      placed.add(link);
      taken.set(name, count + 1);
      extend();
      placed.delete(link);
      taken.set(name, count);
    }
  };
  extend();
  if (steps > MOST_STEPS && found.length < 2) {
    throw new FormatError(
      file,
      `expected the order of the ${links.length} layers to be given: their shapes fit in too many ways to try (on the command line, --layers)`,
    );
  }
  return found;
}

function inGivenOrder(file: string, groups: readonly Group[], names: readonly string[]): Group[] {
  const known = groups.map((group) => group.name);
  if (
    names.length !== known.length ||
    new Set(names).size !== names.length ||
    !names.every((name) => known.includes(name))
  ) {
    throw new FormatError(
      file,
      `expected the order of all its layers, ${known.join(', ')}; got ${names.join(', ')}`,
    );
  }
  return names.map((name) => groups.find((group) => group.name === name)!);
}

function layoutNotes(order: readonly Arranged[], isInferred: boolean): string[] {
  return [...new Set(order.map(({ layout }) => layout))].map((layout) =>
    isInferred
      ? `weights are ${STORED[layout]}: otherwise shapes would not fit`
      : `weights are ${STORED[layout]}`,
  );
}

/** Why nothing fits, and what would. */
function misfitting(
  file: string,
  groups: readonly Group[],
  readings: readonly Reading[],
  hints: NetworkHints,
): FormatError {
  const isGiven = hints.layers !== undefined;
  const opposite = (layout: Layout): Layout => (layout === 'out-in' ? 'in-out' : 'out-in');
  const flipped = reading(file, groups, isGiven, (group) =>
    opposite(hints.layout ?? group.layout ?? 'in-out'),
  );
  const other = opposite(hints.layout ?? groups[0].layout ?? 'in-out');
  const hint =
    flipped.orders.length > 0 && readings.length === 1
      ? `; read as ${STORED[other]}, they would: if that is how they are stored, give the layout (on the command line, --layout ${other})`
      : '';
  const { misfit } = readings[0];
  if (misfit) {
    const { weights, bias } = misfit;
    const numbers = bias!.shape.reduce((product, n) => product * n, 1);
    return new FormatError(
      file,
      `tensor ${bias!.name}: expected a number for each output of weights ${weights.shape.join(' × ')}; got ${numbers}${hint}`,
    );
  }
  const shapes = groups.slice(0, 8).map(({ name, weights }) => `${name} ${weights.shape.join(' × ')}`);
  const more = groups.length > 8 ? ', …' : '';
  const order = isGiven ? 'in the order given' : 'in some order';
  return new FormatError(
    file,
    `expected layers of which each takes what the one before gives, ${order}; got weights of ${shapes.join(', ')}${more}${hint}`,
  );
}

/** Names that differ in their numbers alone are of one family. */
function family({ name }: Group): string {
  return name.replace(/\d+/g, '#');
}

/** Compares as people number: fc2 before fc10. */
function rank({ name }: Group): string {
  return name.replace(/\d+/g, (digits) => digits.padStart(20, '0'));
}

function isAscending(order: readonly Arranged[]): boolean {
  return order.every(({ group }, l) => l === 0 || rank(order[l - 1].group) < rank(group));
}
