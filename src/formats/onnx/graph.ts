/**
 * Which part of a graph is the network: the output that holds logits or probabilities, the nodes it needs, and the one input they start
 * from. ONNX demands that nodes are in an order in which each has its inputs computed before it, and every name is given once
 * (github.com/onnx/onnx/blob/main/docs/IR.md); with that, a graph has no cycles and is evaluated in one pass.
 */
import { FormatError } from '../files.js';
import { isFloat, namesOf, typeNamed } from './tensor.js';
import { type Graph, type GraphNode, type Tensor, type ValueInfo } from './messages.js';

export interface Program {
  /** Those that the output needs, in order. */
  nodes: GraphNode[];
  initializers: Map<string, Tensor>;
  input: ValueInfo;
  output: string;
  /** What classifiers call their classes, if the graph tells. */
  classes?: string[];
  notes: string[];
}

export function programOf(file: string, graph: Graph): Program {
  const initializers = initializersOf(file, graph);
  const producers = producersOf(file, graph, initializers);
  const notes: string[] = [];
  const output = outputOf(file, graph, notes);
  const needed = neededFor(file, output, graph, producers);
  const nodes = graph.nodes.filter((_, i) => needed.has(i));
  checkOrder(file, graph, producers, needed);
  const input = inputOf(file, graph, initializers, nodes);
  const unused = unusedWeights(graph, nodes);
  if (unused.length > 0) notes.push(`not used on the way to the output: ${listed(unused)}`);
  const classes = classesOf(file, graph, initializers);
  return { nodes, initializers, input, output, ...(classes && { classes }), notes };
}

/** How a node is called in messages. */
export function nameOf({ name, op, outputs }: GraphNode): string {
  return `node ${name || outputs[0] || '(without a name)'} (${op})`;
}

function initializersOf(file: string, { initializers }: Graph): Map<string, Tensor> {
  const byName = new Map<string, Tensor>();
  for (const tensor of initializers) {
    if (byName.has(tensor.name)) {
      throw new FormatError(
        file,
        `initializer ${tensor.name}: expected names to be given once; got it twice`,
      );
    }
    byName.set(tensor.name, tensor);
  }
  return byName;
}

/** The index of the node that gives each name. */
function producersOf(
  file: string,
  { nodes, inputs }: Graph,
  initializers: ReadonlyMap<string, Tensor>,
): Map<string, number> {
  const names = new Set<string>();
  for (const { name } of inputs) {
    if (names.has(name))
      throw new FormatError(file, `input ${name}: expected names to be given once; got it twice`);
    names.add(name);
  }
  const producers = new Map<string, number>();
  nodes.forEach((node, i) => {
    for (const output of node.outputs) {
      if (output === '') continue;
      if (producers.has(output) || names.has(output) || initializers.has(output)) {
        throw new FormatError(
          file,
          `${nameOf(node)}: expected outputs of names of their own; got ${output}, which something else has, too`,
        );
      }
      producers.set(output, i);
    }
  });
  return producers;
}

/** The one output; of several, the one that is not class labels: those are integers or strings. */
function outputOf(file: string, { outputs, nodes }: Graph, notes: string[]): string {
  if (outputs.length === 0) throw new FormatError(file, 'graph: expected an output; got none');
  if (outputs.length === 1) return outputs[0].name;
  const zipped = new Set(nodes.filter(({ op }) => op === 'ZipMap').flatMap((node) => node.outputs));
  const candidates = outputs.filter(({ name, kind, type }) =>
    kind === 'tensor' ? isFloat(typeNamed(type)) : zipped.has(name),
  );
  if (candidates.length !== 1) {
    throw new FormatError(
      file,
      `graph: expected one output, of logits or probabilities; got ${outputs.length}: ${listed(outputs.map(({ name }) => name))}`,
    );
  }
  const [{ name }] = candidates;
  const others = outputs.filter((output) => output.name !== name);
  notes.push(
    `of the outputs, ${name} is taken; ${listed(others.map((other) => other.name))} is left aside: it holds labels, not numbers`,
  );
  return name;
}

/** The indices of the nodes that an output depends on. */
function neededFor(
  file: string,
  output: string,
  { nodes }: Graph,
  producers: ReadonlyMap<string, number>,
): Set<number> {
  const first = producers.get(output);
  if (first === undefined)
    throw new FormatError(file, `output ${output}: expected a node that computes it; got none`);
  const needed = new Set([first]);
  // A set is walked in the order in which things are added to it, those added meanwhile included.
  for (const i of needed) {
    for (const name of nodes[i].inputs) {
      const before = producers.get(name);
      if (before !== undefined) needed.add(before);
    }
  }
  return needed;
}

function checkOrder(
  file: string,
  { nodes }: Graph,
  producers: ReadonlyMap<string, number>,
  needed: ReadonlySet<number>,
): void {
  for (const i of needed) {
    for (const name of nodes[i].inputs) {
      if ((producers.get(name) ?? -1) >= i) {
        throw new FormatError(
          file,
          `${nameOf(nodes[i])}: expected ${name} to be computed by a node before; got one that comes later, or itself (a cycle?)`,
        );
      }
    }
  }
}

/** The one input that the nodes read. Old files list their weights among the inputs. */
function inputOf(
  file: string,
  { inputs }: Graph,
  initializers: ReadonlyMap<string, Tensor>,
  nodes: readonly GraphNode[],
): ValueInfo {
  const read = new Set(nodes.flatMap((node) => node.inputs));
  const used = inputs.filter(({ name }) => read.has(name) && !initializers.has(name));
  if (used.length !== 1) {
    throw new FormatError(
      file,
      `graph: expected one input that the output depends on; got ${used.length === 0 ? 'none' : listed(used.map(({ name }) => name))}`,
    );
  }
  return used[0];
}

/** Floating point initializers that no needed node reads: a sign that the output is not what it was thought to be. */
function unusedWeights({ initializers }: Graph, nodes: readonly GraphNode[]): string[] {
  const read = new Set(nodes.flatMap((node) => node.inputs));
  return initializers
    .filter(({ name, type, dims }) => !read.has(name) && isFloat(typeNamed(type)) && dims.length > 0)
    .map(({ name }) => name);
}

/** From the label branch of scikit-learn's classifiers as skl2onnx writes it, or the keys of its ZipMap. */
function classesOf(
  file: string,
  { nodes }: Graph,
  initializers: ReadonlyMap<string, Tensor>,
): string[] | undefined {
  const zip = nodes.find(({ op, domain }) => op === 'ZipMap' && domain === 'ai.onnx.ml');
  const strings = zip?.attributes.get('classlabels_strings')?.texts ?? [];
  const integers = zip?.attributes.get('classlabels_int64s')?.integers ?? [];
  if (strings.length + integers.length > 0) return [...strings, ...integers.map(String)];
  const extractor = nodes.find(({ op, domain }) => op === 'ArrayFeatureExtractor' && domain === 'ai.onnx.ml');
  const tensor = extractor && initializers.get(extractor.inputs[0]);
  return tensor && namesOf({ file, place: `initializer ${tensor.name}` }, tensor);
}

function listed(names: readonly string[]): string {
  return names.length > 8 ? `${names.slice(0, 8).join(', ')} and ${names.length - 8} more` : names.join(', ');
}
