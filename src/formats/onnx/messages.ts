/**
 * ONNX files as plain objects: the messages of onnx.proto (github.com/onnx/onnx/blob/main/onnx/onnx.proto), read field by field with the
 * numbers given there. What is not needed (documentation, annotations, types of intermediate values) is skipped; numbers stay the bytes they
 * are until someone asks for them (tensor.ts).
 */
import { FormatError } from '../files.js';
import { type Field, limit, MOST_LISTED, type Place, readMessage } from './wire.js';

/** ModelProto. */
export interface Model {
  /** Versions of the operator sets by their domain; the standard one's is ''. */
  opsets: Map<string, number>;
  graph: Graph;
  /** Names of functions of the file's own, with their domains. */
  functions: Set<string>;
}

/** GraphProto. */
export interface Graph {
  nodes: GraphNode[];
  initializers: Tensor[];
  inputs: ValueInfo[];
  outputs: ValueInfo[];
}

/** NodeProto. An input or output that is left out has the name ''. */
export interface GraphNode {
  name: string;
  op: string;
  domain: string;
  inputs: string[];
  outputs: string[];
  attributes: Map<string, Attribute>;
}

/** AttributeProto; which field is set goes by the type. */
export interface Attribute {
  type: number;
  float?: number;
  integer?: number;
  text?: string;
  tensor?: Tensor;
  floats: number[];
  integers: number[];
  texts: string[];
}

/** TensorProto. */
export interface Tensor {
  name: string;
  dims: number[];
  type: number;
  /** By their field numbers: RAW_DATA, FLOAT_DATA, … */
  data: Map<number, Uint8Array>;
  texts: Uint8Array[];
  /** Where the numbers are, if not here: location, offset, length. */
  external?: Map<string, string>;
}

/** ValueInfoProto. A dimension that is not a number is undefined, a shape that is not given as well. */
export interface ValueInfo {
  name: string;
  kind: 'tensor' | 'other';
  type: number;
  shape?: (number | undefined)[];
}

/** AttributeProto.AttributeType. */
export const ATTRIBUTE = { float: 1, integer: 2, text: 3, tensor: 4, floats: 6, integers: 7, texts: 8 };
/** Field numbers of TensorProto. */
export const FLOAT_DATA = 4;
export const INT32_DATA = 5;
export const INT64_DATA = 7;
export const RAW_DATA = 9;
export const DOUBLE_DATA = 10;
export const UINT64_DATA = 11;

/** A multilayer perceptron of a thousand layers, GELU written out, has 10,000 nodes. */
const MOST = {
  nodes: 20_000,
  tensors: 20_000,
  inputs: 100,
  attributes: 100,
  dims: 16,
};

/** @throws FormatError for what is not an ONNX model */
export function readModel(file: string, bytes: Uint8Array): Model {
  const at = { file, place: 'model' };
  const model: Omit<Model, 'graph'> = { opsets: new Map(), functions: new Set() };
  let graph: Graph | undefined;
  readMessage(at, bytes, {
    7: (field) => {
      if (graph) throw new FormatError(file, 'model: expected one graph; got two');
      graph = readGraph({ file, place: 'graph' }, field.bytes());
    },
    8: (field) => {
      let [domain, version] = ['', 0];
      readMessage({ file, place: 'opset_import' }, field.bytes(), {
        1: (f) => (domain = f.text()),
        2: (f) => (version = f.integer()),
      });
      model.opsets.set(standard(domain), version);
      limit(at, 'operator sets', model.opsets.size, MOST.attributes);
    },
    20: () => {
      throw new FormatError(
        file,
        'training_info: expected a model for inference; got one for training (export it in eval mode)',
      );
    },
    25: (field) => {
      let [name, domain] = ['', ''];
      readMessage({ file, place: 'functions' }, field.bytes(), {
        1: (f) => (name = f.text()),
        10: (f) => (domain = f.text()),
      });
      model.functions.add(functionKey(standard(domain), name));
      limit(at, 'functions', model.functions.size, MOST.nodes);
    },
  });
  if (!graph)
    throw new FormatError(file, 'expected an ONNX model with a graph; got none (is the file whole?)');
  return { ...model, graph };
}

export function functionKey(domain: string, name: string): string {
  return JSON.stringify([domain, name]);
}

function readGraph(at: Place, bytes: Uint8Array): Graph {
  const graph: Graph = { nodes: [], initializers: [], inputs: [], outputs: [] };
  const add = <T>(list: T[], what: string, most: number, value: T): void => {
    list.push(value);
    limit(at, what, list.length, most);
  };
  readMessage(at, bytes, {
    1: (field) => add(graph.nodes, 'nodes', MOST.nodes, readNode(at.file, graph.nodes.length, field.bytes())),
    5: (field) => {
      const place = `initializer[${graph.initializers.length}]`;
      add(graph.initializers, 'initializers', MOST.tensors, readTensor({ ...at, place }, field.bytes()));
    },
    11: (field) => add(graph.inputs, 'inputs', MOST.tensors, readValueInfo(at.file, field.bytes())),
    12: (field) => add(graph.outputs, 'outputs', MOST.inputs, readValueInfo(at.file, field.bytes())),
    15: () => {
      throw new FormatError(at.file, 'sparse_initializer: expected dense weights; got sparse ones');
    },
  });
  return graph;
}

function readNode(file: string, index: number, bytes: Uint8Array): GraphNode {
  const at = { file, place: `node[${index}]` };
  const node: GraphNode = {
    name: '',
    op: '',
    domain: '',
    inputs: [],
    outputs: [],
    attributes: new Map<string, Attribute>(),
  };
  readMessage(at, bytes, {
    1: (field) => limit(at, 'inputs', node.inputs.push(field.text()), MOST.inputs),
    2: (field) => limit(at, 'outputs', node.outputs.push(field.text()), MOST.inputs),
    3: (field) => (node.name = field.text()),
    4: (field) => (node.op = field.text()),
    5: (field) => {
      const [name, attribute] = readAttribute(at, field.bytes());
      if (node.attributes.has(name)) {
        throw new FormatError(file, `${at.place}: expected attributes of different names; got ${name} twice`);
      }
      node.attributes.set(name, attribute);
      limit(at, 'attributes', node.attributes.size, MOST.attributes);
    },
    7: (field) => (node.domain = standard(field.text())),
  });
  return node;
}

function readAttribute(node: Place, bytes: Uint8Array): [name: string, attribute: Attribute] {
  const at = { ...node, place: `${node.place}.attribute` };
  let name = '';
  const attribute: Attribute = { type: 0, floats: [], integers: [], texts: [] };
  readMessage(at, bytes, {
    1: (field) => (name = field.text()),
    2: (field) => (attribute.float = field.float()),
    3: (field) => (attribute.integer = field.integer()),
    4: (field) => (attribute.text = field.text()),
    5: (field) => (attribute.tensor = readTensor(at, field.bytes())),
    7: (field) => field.floats(attribute.floats),
    8: (field) => field.integers(attribute.integers),
    9: (field) => limit(at, 'strings', attribute.texts.push(field.text()), MOST_LISTED),
    20: (field) => (attribute.type = field.integer()),
    21: () => {
      throw new FormatError(
        at.file,
        `${at.place}: expected a value; got a reference to a function's attribute`,
      );
    },
  });
  return [name, attribute];
}

function readTensor(at: Place, bytes: Uint8Array): Tensor {
  const tensor: Tensor = { name: '', dims: [], type: 0, data: new Map(), texts: [] };
  const entries = new Map<string, string>();
  let location = 0;
  const keep = (number: number) => (field: Field) => {
    if (tensor.data.has(number))
      throw new FormatError(at.file, `${at.place}: expected its numbers once; got them twice`);
    tensor.data.set(number, field.bytes());
  };
  readMessage(at, bytes, {
    1: (field) => {
      field.integers(tensor.dims);
      limit(at, 'dimensions', tensor.dims.length, MOST.dims);
    },
    2: (field) => (tensor.type = field.integer()),
    3: () => {
      throw new FormatError(at.file, `${at.place}: expected a whole tensor; got a segment of one`);
    },
    [FLOAT_DATA]: keep(FLOAT_DATA),
    [INT32_DATA]: keep(INT32_DATA),
    6: (field) => limit(at, 'strings', tensor.texts.push(field.bytes()), MOST_LISTED),
    [INT64_DATA]: keep(INT64_DATA),
    8: (field) => (tensor.name = field.text()),
    [RAW_DATA]: keep(RAW_DATA),
    [DOUBLE_DATA]: keep(DOUBLE_DATA),
    [UINT64_DATA]: keep(UINT64_DATA),
    13: (field) => {
      let [key, value] = ['', ''];
      readMessage(at, field.bytes(), { 1: (f) => (key = f.text()), 2: (f) => (value = f.text()) });
      entries.set(key, value);
      limit(at, 'external_data', entries.size, MOST.attributes);
    },
    14: (field) => (location = field.integer()),
  });
  if (location === 1) tensor.external = entries;
  return tensor;
}

function readValueInfo(file: string, bytes: Uint8Array): ValueInfo {
  const at = { file, place: 'value_info' };
  const info: ValueInfo = { name: '', kind: 'other', type: 0 };
  const readShape = (shape: Uint8Array): void => {
    const dims: (number | undefined)[] = (info.shape = []);
    readMessage(at, shape, {
      1: (field) => {
        let size: number | undefined;
        readMessage(at, field.bytes(), { 1: (f) => (size = f.integer()) });
        // -1 and 0 stand for a size that is not known in some old files.
        limit(at, 'dimensions', dims.push(size !== undefined && size > 0 ? size : undefined), MOST.dims);
      },
    });
  };
  readMessage(at, bytes, {
    1: (field) => (info.name = field.text()),
    2: (field) =>
      readMessage(at, field.bytes(), {
        1: (type) => {
          info.kind = 'tensor';
          readMessage(at, type.bytes(), {
            1: (f) => (info.type = f.integer()),
            2: (f) => readShape(f.bytes()),
          });
        },
      }),
  });
  return info;
}

/** 'ai.onnx' is the long name of the standard domain. */
function standard(domain: string): string {
  return domain === 'ai.onnx' ? '' : domain;
}
