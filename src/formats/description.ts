/** What every reader of a model makes of its files, what users may add to that, and what comes out. */
import { type Matrix } from '../matrix.js';
import { type Activation, type Loss, type Network } from '../network.js';

/** A network as its file tells it. Layers from input to output. */
export interface NetworkDescription {
  /** The file that the layers are from, for messages. */
  file: string;
  /** 'safetensors', 'ONNX', … */
  format: string;
  layers: DescribedLayer[];
  /**
   * How much the file says of what follows the layers. 'weights': nothing, hints have to; 'model': everything, and a softmax or sigmoid at
   * the end is part of the loss, as tools have it; 'literal': everything, and exactly so (our own formats).
   */
  architecture: 'weights' | 'model' | 'literal';
  /** Of the loss the file says the network was trained with, if it does. */
  loss?: Loss;
  weightDecay?: number;
  /** What the outputs stand for, if the file says so. */
  classes?: string[];
  /** What was inferred, a sentence each, without the full stop: 'weights are outputs × inputs, as PyTorch stores them'. */
  notes: string[];
}

export interface DescribedLayer {
  /** As the file has it, for messages: 'fc1', 'layers.0'. */
  name: string;
  /** Outputs × inputs. */
  weights: Matrix;
  bias?: Float64Array;
  /** The name the file gives what follows the layer, whatever the tool; 'softmax' only on the last. Absent: nothing follows. */
  activation?: string;
}

/** What the file does not say, or what is to be instead of what is inferred. */
export interface NetworkHints {
  /** Of every hidden layer, for files that hold weights alone. */
  activation?: Activation;
  /** Of every layer, the last included; instead of `activation`. */
  activations?: readonly Activation[];
  loss?: Loss;
  /** ω of (ω/2)‖θ‖². */
  weightDecay?: number;
  /** How two-dimensional weights are stored, where the names do not tell: 'out-in' as PyTorch, 'in-out' as Keras, scikit-learn and JAX. */
  layout?: 'out-in' | 'in-out';
  /** The layers' names from input to output, where neither names nor shapes tell their order. */
  layers?: readonly string[];
}

export interface ReadNetwork {
  network: Network;
  format: string;
  /** What was inferred rather than stated, a sentence each. */
  inferred: string[];
  /** What the outputs stand for, if the file says so. */
  classes?: string[];
}
