/**
 * The layers of a Keras model in the order in which they are applied: Sequential in all its spellings, and Functional (Model) where it is a
 * chain. Models within models are unfolded. Keras 1 and 2 write a call as [["dense", 0, 0, {}]], Keras 3 as { args: [tensor], kwargs }.
 */
import { describe } from '../../validate.js';
import { reasonAgainst } from '../unsupported.js';
import {
  child,
  className,
  type Config,
  configOf,
  field,
  isObject,
  listField,
  problem,
  textField,
} from './config.js';

export interface Link {
  /** 'Dense', … */
  kind: string;
  name: string;
  /** What stands beside the configuration: build_config. */
  entry: Config;
  config: Config;
  /** Called with training: true, so that dropout acts always. */
  training: boolean;
  /** Its group in files of Keras 3, which goes by classes and order: 'layers/dense_1'. */
  store: string;
  /** Its group in files of Keras 2, which goes by names: of the outermost model or layer that it is in. */
  group: string;
}

const MOST_DEPTH = 16;

export function chainOf(model: Config, store = '', group?: string, depth = 0): Link[] {
  if (depth > MOST_DEPTH)
    throw problem(model, `expected at most ${MOST_DEPTH} models within one another; got more`);
  const kind = className(model);
  if (kind !== 'Sequential' && kind !== 'Functional' && kind !== 'Model') {
    throw problem(model, `expected a Sequential or Functional model; got ${kind}`);
  }
  // Before Keras 2.2.3 the configuration of a Sequential model was the list itself.
  const bare = field(model, 'config');
  const config = Array.isArray(bare) ? { ...model, fields: { layers: bare } } : child(model, 'config');
  const entries = listField(config, 'layers').map((entry, i) => {
    const shown = configOf(model.file, `${model.place}, layers[${i}]`, entry);
    const own = child(shown, 'config');
    const name = typeof own.fields['name'] === 'string' ? textField(own, 'name') : textField(shown, 'name');
    const place = `layer ${name}`;
    return { name, entry: { ...shown, place }, config: { ...own, place }, training: false };
  });
  refuseTwice(config, entries);
  const used = new Map<string, number>();
  const named = entries.map((entry) => {
    const layer = className(entry.entry);
    return {
      ...entry,
      kind: layer,
      store: `${store}layers/${storeName(layer, used)}`,
      group: group ?? entry.name,
    };
  });
  const ordered = kind === 'Sequential' ? named : functionalOrder(config, named);
  return ordered.flatMap((link) =>
    link.kind === 'Sequential' || link.kind === 'Functional' || link.kind === 'Model'
      ? chainOf(link.entry, `${link.store}/`, link.group, depth + 1)
      : [link],
  );
}

/** As Keras 3 does: the class in snake case, and how many of it came before. */
function storeName(kind: string, used: Map<string, number>): string {
  const name = kind
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
  const before = used.get(name) ?? 0;
  used.set(name, before + 1);
  return before === 0 ? name : `${name}_${before}`;
}

function refuseTwice(config: Config, entries: readonly { name: string }[]): void {
  const names = new Set<string>();
  for (const { name } of entries) {
    if (names.has(name)) throw problem(config, `expected each layer once; got two of the name ${name}`);
    names.add(name);
  }
}

function functionalOrder(config: Config, links: readonly Link[]): Link[] {
  const [input, output] = [end(config, 'input_layers'), end(config, 'output_layers')];
  const follower = new Map<string, Link>();
  const known = new Set(links.map(({ name }) => name));
  for (const link of links) {
    if (link.kind === 'InputLayer') continue;
    const { source, training } = call(link);
    if (!known.has(source))
      throw problem(link.config, `expected its input to be a layer; there is no ${source}`);
    const other = follower.get(source);
    if (other) {
      throw problem(
        link.config,
        `only chains of layers are covered; ${other.name} takes the outputs of ${source} as well`,
      );
    }
    follower.set(source, { ...link, training });
  }
  const first = links.find(({ name }) => name === input);
  if (!first) throw problem(config, `input_layers: expected a layer; there is no ${input}`);
  const chain = [first];
  while (chain.length <= links.length) {
    const last = chain[chain.length - 1];
    const next = follower.get(last.name);
    if (!next) break;
    chain.push(next);
  }
  if (chain.length !== links.length) {
    const outside = links.find(({ name }) => !chain.some((link) => link.name === name));
    throw problem(
      config,
      `only chains of layers are covered; ${outside?.name ?? 'a cycle'} is not on the one from ${input}`,
    );
  }
  if (chain[chain.length - 1].name !== output) {
    throw problem(
      config,
      `only chains of layers are covered; the output is that of ${output}, which others follow`,
    );
  }
  return chain;
}

/** input_layers or output_layers: one, as ["dense", 0, 0] or [["dense", 0, 0]]. */
function end(config: Config, key: string): string {
  const list = listField(config, key);
  const [only] = list;
  const reference = Array.isArray(only) && list.length === 1 ? (only as unknown[]) : list;
  if (typeof reference[0] === 'string') return reference[0];
  throw problem(
    config,
    `${key}: only models of one input and one output are covered; got ${describe(field(config, key))}`,
  );
}

/** Which layer's outputs a layer takes. */
function call({ kind, entry }: Link): { source: string; training: boolean } {
  const nodes = listField(entry, 'inbound_nodes');
  if (nodes.length !== 1) {
    throw problem(entry, `${kind}: only chains of layers are covered; it is applied ${nodes.length} times`);
  }
  const found: unknown[][] = [];
  const kwargs: unknown[] = [];
  const [node] = nodes;
  if (isObject(node)) {
    tensors([node['args'], node['kwargs']], found);
    kwargs.push(node['kwargs']);
  } else if (Array.isArray(node)) {
    const references = (typeof node[0] === 'string' ? [node] : node) as unknown[];
    for (const reference of references) {
      if (!Array.isArray(reference)) throw problem(entry, 'inbound_nodes: expected lists of layers');
      found.push(reference as unknown[]);
      kwargs.push((reference as unknown[])[3]);
    }
  }
  if (found.length !== 1) {
    const reason = reasonAgainst(kind);
    throw problem(
      entry,
      `${kind} cannot be analysed: it takes ${found.length} inputs; only chains of layers are covered (${reason})`,
    );
  }
  const [source, nodeIndex, tensorIndex] = found[0];
  if (typeof source !== 'string' || nodeIndex !== 0 || tensorIndex !== 0) {
    throw problem(entry, 'inbound_nodes: expected the outputs of one layer that is applied once');
  }
  return { source, training: kwargs.some((given) => isObject(given) && given['training'] === true) };
}

/** Keras 3's { class_name: '__keras_tensor__', config: { keras_history: [name, node, tensor] } }, wherever they stand. */
function tensors(value: unknown, found: unknown[][], depth = 0): void {
  if (depth > MOST_DEPTH || typeof value !== 'object' || value === null) return;
  if (isObject(value) && value['class_name'] === '__keras_tensor__') {
    const history = isObject(value['config']) ? value['config']['keras_history'] : undefined;
    found.push(Array.isArray(history) ? (history as unknown[]) : []);
    return;
  }
  for (const part of Object.values(value)) tensors(part, found, depth + 1);
}
