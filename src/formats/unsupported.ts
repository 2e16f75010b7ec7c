/** What cannot be analysed, and why: one place for the reasons that every reader gives. */
import { ACTIVATIONS, type Activation } from '../network.js';

const SMOOTH = "smooth alternatives are 'gelu', 'silu' and 'softplus'";
const KINK = `it has no second derivative everywhere, so neither has the loss a Hessian; ${SMOOTH}`;
const SPATIAL = 'only fully connected layers are covered';
const COUPLED =
  'it makes the outputs for one sample depend on the others, or normalizes them; fold it into the layer before, if it is frozen';
const PRODUCT =
  'it multiplies functions of the inputs with one another; only chains of fully connected layers are covered';

/** Beginnings of names of layers and operators, lower case without hyphens, underscores and spaces. */
const REASONS: readonly [names: readonly string[], reason: string][] = [
  [
    [
      'relu',
      'leakyrelu',
      'prelu',
      'rrelu',
      'thresholdedrelu',
      'hardtanh',
      'hardsigmoid',
      'hardswish',
      'hardsilu',
      'clip',
      'abs',
      'elu',
      'selu',
      'celu',
      'softsign',
      'softshrink',
      'hardshrink',
      'tanhshrink',
      'threshold',
      'maximum',
      'minimum',
    ],
    KINK,
  ],
  [
    [
      'conv',
      'depthwiseconv',
      'separableconv',
      'maxpool',
      'averagepool',
      'avgpool',
      'globalaveragepool',
      'globalmaxpool',
      'upsampl',
      'pad',
      'zeropadding',
    ],
    SPATIAL,
  ],
  [
    ['batchnorm', 'layernorm', 'groupnorm', 'instancenorm', 'rmsnorm', 'normalization', 'syncbatchnorm'],
    COUPLED,
  ],
  [['multiheadattention', 'attention', 'transformer', 'scaleddotproduct'], PRODUCT],
  [['lstm', 'gru', 'rnn', 'simplernn', 'bidirectional', 'embedding', 'gather'], SPATIAL],
  // After those above, whose names begin with some of these.
  [['max', 'min', 'shrink', 'sign', 'floor', 'ceil', 'round'], KINK],
  [['lrn', 'lpnorm', 'meanvariancenorm'], COUPLED],
  [['argmax', 'argmin', 'topk', 'binarizer'], 'it picks among the outputs, and has no derivative'],
  [
    ['quantize', 'dequantize', 'dynamicquantize', 'qlinear', 'qgemm', 'matmulinteger'],
    'quantized weights and activations are steps, without derivatives; save the model as it was before quantization',
  ],
  [
    ['if', 'loop', 'scan'],
    'what it computes depends on its inputs; only chains of fully connected layers are covered',
  ],
];

/** Names that tools give the activations here, lower case without hyphens, underscores and spaces. */
const ALIASES: Readonly<Record<string, Activation>> = {
  linear: 'identity',
  none: 'identity',
  logistic: 'sigmoid',
  swish: 'silu',
  gelutanh: 'gelu-tanh',
  gelunew: 'gelu-tanh',
  geluapproximate: 'gelu-tanh',
  gelupytorchtanh: 'gelu-tanh',
  atan: 'arctan',
  sine: 'sin',
};

/** The activation that a tool's name means, if it is one of ours. Case, hyphens, underscores and spaces do not matter. */
export function activationNamed(name: string): Activation | undefined {
  const key = plain(name);
  return (
    ACTIVATIONS.find((known) => plain(known) === key) ??
    (Object.hasOwn(ALIASES, key) ? ALIASES[key] : undefined)
  );
}

/** Why a layer, activation or operator of that name cannot be analysed. */
export function reasonAgainst(name: string): string {
  return (
    knownReasonAgainst(name) ??
    `expected fully connected layers with activations out of ${ACTIVATIONS.join(', ')}`
  );
}

/** The same, if there is more to say than that the name is not among those covered. */
export function knownReasonAgainst(name: string): string | undefined {
  const key = plain(name);
  return REASONS.find(([names]) => names.some((known) => key.startsWith(known)))?.[1];
}

const REPARAMETRIZED =
  'the weights are computed from other parameters; make them plain first (torch.nn.utils.parametrize.remove_parametrizations, remove_weight_norm, prune.remove)';

/** What tensors other than weights and biases of fully connected layers are called, lower case. */
const TENSORS: readonly [name: RegExp, reason: string][] = [
  [
    /running_(mean|var)$|moving_(mean|variance)(:0)?$|(^|[._/])(gamma|beta|scale)(:0)?$/,
    `it belongs to a normalization: ${COUPLED}`,
  ],
  [/in_proj_|(^|[._/])(q|k|v|qkv|out)_proj[._/]|attn|attention/, `it belongs to attention: ${PRODUCT}`],
  [
    /weight_(ih|hh)|bias_(ih|hh)|recurrent_kernel|lstm|(^|[._/])gru/,
    `it belongs to a recurrent layer: ${SPATIAL}`,
  ],
  [/(^|[._/])(embed|embedding|embeddings|wte|wpe)s?[._/]/, `it belongs to an embedding: ${SPATIAL}`],
  [/weight_[gv]$|weight_(orig|mask)$|parametrizations|weight_[uv]$/, REPARAMETRIZED],
  [/lora_/, 'it belongs to a low-rank adapter; merge it into the weights first'],
  [
    /(weight|bias)_scale|zero_point|_packed_params/,
    'it belongs to quantized weights; save those of the network before quantization',
  ],
  [/conv/, `it belongs to a convolution: ${SPATIAL}`],
];

/** Why a tensor of that name and shape is part of something that cannot be analysed; undefined if it may be a layer's weights or bias. */
export function reasonAgainstTensor(name: string, shape: readonly number[]): string | undefined {
  const key = name.toLowerCase();
  const found = TENSORS.find(([form]) => form.test(key));
  if (found) return found[1];
  if (!/(weights?|kernel|coefs?|[._/]w|^w)[_-]?\d*(:0)?$/.test(key) || shape.length === 2) return undefined;
  const dimensions = shape.length === 0 ? 'a single number' : shape.join(' × ');
  if (shape.length > 2) return `weights of ${dimensions} belong to a convolution or the like: ${SPATIAL}`;
  return `weights in one dimension (${dimensions}) belong to a normalization or PReLU: ${COUPLED}`;
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[-_ ]/g, '');
}
