/**
 * What an analysis will take, before it begins: the stages' operations (src/sharpness.ts counts them) over rates measured, and the memory of the
 * largest stage. Wrong by a factor of two or three at times, as the speeds of machines and of shapes of networks are.
 */
import { BLOCK_BYTES } from '../core/factors.js';
import { chooseForms, linearEntries } from '../core/forms.js';
import { Core, compileSync } from '../core/instance.js';
import { placeShape } from '../core/model.js';
import { type Route } from '../core/moments.js';
import { blockCapacity } from '../core/row-blocks.js';
import { setForms } from '../core/samples.js';
import { gram } from '../core/dense.js';
import { checkAssembly, chooseRoute, routeCosts } from '../moments.js';
import {
  type CheckedDataset,
  checkDataset,
  type CheckedNetwork,
  checkNetwork,
  type Dataset,
  type Network,
} from '../network.js';
import { type Stage, stageCosts } from '../sharpness.js';
import { checkSharpnessOptions, type SharpnessChoices } from '../sharpness-options.js';
import { checkDensityOptions, densityCosts } from '../spectral-density.js';
import { type AnalysisOptions, sharpnessOptions, STAGES, wantsExact } from './analysis.js';

export interface Preview {
  parameters: number;
  samples: number;
  /** To the moments. */
  route: Route;
  flops: Record<Route, number>;
  /** Hessian–vector products that the certificate may take, if it is asked for. */
  products?: number;
  /** Bytes, at the peak, of all threads together. */
  memory: Range;
  /** Bytes of WebAssembly memory of one worker, which can have 4 GiB. */
  workerMemory: Range;
  seconds: Range;
  steps: { name: string; seconds: Range }[];
}

/** Where the certificate closes in some ten products, as for trained networks, and where it takes all it may. */
export interface Range {
  least: number;
  most: number;
}

/** Operations a second on one thread, in a process of some seconds, on the machine of bench/RESULTS.md. */
const RATES: Record<Stage | 'density', number> = {
  moments: 13e9,
  layerBlocks: 13e9,
  gaussNewton: 15e9,
  quartic: 15e9,
  deflated: 15e9,
  ingredients: 8e9,
  explanation: 12e9,
  exact: 12e9,
  density: 6e9,
};
/** Of proofs, whose interval arithmetic is in plain TypeScript. */
const PROOF_RATES: Range = { least: 3e9, most: 0.5e9 };
/** Of the certificate at random initialization, where it goes on and splits the curvature into parts: narrow layers and splits are slow. */
const SLOW_PROCESS = 3e9;
/** Of the Gram matrix that tells the speed of a machine from that one's. */
const GRAM_RATE = 15e9;
/** Until the first worker computes. */
const START_SECONDS = 0.2;
/** Products after which a certificate of a trained network is closed. */
const FEW_PRODUCTS = 10;
/** A process before it has computed anything, and how many copies of the vectors of a Lanczos process are on their way (measured). */
const BASE_BYTES = 75 * 2 ** 20;
const VECTOR_COPIES = 7;

/** speed: of this machine in units of that which the rates are of (machineSpeed()). */
export function preview(
  network: Network,
  data: Dataset,
  options: AnalysisOptions,
  { workers, speed = 1 }: { workers: number; speed?: number },
): Preview {
  const net = checkNetwork(network);
  const checked = checkDataset(net, data);
  const exact = wantsExact(net.parameters, options.exact);
  if (exact) checkAssembly(net, 'the bounds without the exact spectrum');
  const choices = checkSharpnessOptions(net, checked.samples, sharpnessOptions(options, exact));
  const density = options.density ? densityCostsOf(net, checked.samples) : undefined;
  const steps = stepsOf(net, checked.samples, choices, density, workers, speed);
  const sum = (end: keyof Range): number =>
    steps.reduce((total, { seconds }) => total + seconds[end], START_SECONDS);
  const certified = choices.bounds.includes('deflated');
  return {
    parameters: net.parameters,
    samples: checked.samples,
    route: chooseRoute(net, checked.samples),
    flops: routeCosts(net, checked.samples),
    ...(certified && { products: Math.min(choices.certificate.maxProducts, net.parameters) }),
    ...memoryOf(net, checked, choices, workers),
    seconds: { least: sum('least'), most: sum('most') },
    steps,
  };
}

function densityCostsOf(network: CheckedNetwork, samples: number): ReturnType<typeof densityCosts> {
  const { probes, steps } = checkDensityOptions(network, samples, {});
  return densityCosts(network, samples, probes, steps);
}

/** Of this machine as it is now, in units of that which the rates are of: a Gram matrix again and again, for some 30 ms. */
export function machineSpeed(): number {
  const [rows, cols] = [256, 512];
  const x = Float64Array.from({ length: rows * cols }, (_, i) => (i % 17) - 8);
  const core = new Core(compileSync());
  // Compiled again, faster, after the first calls.
  for (let i = 0; i < 3; i++) gram(core, x, rows, cols);
  const start = performance.now();
  let times = 0;
  do {
    gram(core, x, rows, cols);
    times++;
  } while (performance.now() - start < 30);
  return (times * rows * rows * cols) / ((performance.now() - start) / 1000) / GRAM_RATE;
}

function stepsOf(
  network: CheckedNetwork,
  samples: number,
  choices: SharpnessChoices,
  density: ReturnType<typeof densityCosts> | undefined,
  workers: number,
  speed: number,
): Preview['steps'] {
  const costs = stageCosts(network, samples, choices);
  const { maxProducts } = choices.certificate;
  const few = Math.min(1, FEW_PRODUCTS / maxProducts);
  const steps: Preview['steps'] = [];
  const add = (name: string, least: number, most: number): void => {
    if (most > 0) steps.push({ name, seconds: { least: least / speed, most: most / speed } });
  };
  for (const stage of Object.keys(costs) as Stage[]) {
    const cost = costs[stage];
    const name = STAGES[stage] ?? stage;
    if (stage === 'deflated') add(name, (few * cost) / RATES.deflated, cost / SLOW_PROCESS);
    else if (stage === 'moments' && choices.certified) {
      add(name, cost / PROOF_RATES.least, cost / PROOF_RATES.most);
    } else {
      const shared = stage === 'moments' && chooseRoute(network, samples) === 'gram' ? workers : 1;
      add(name, cost / RATES[stage] / shared, cost / RATES[stage] / shared);
    }
  }
  if (density) {
    const seconds = (density.products / RATES.density + density.moments / RATES.moments) / workers;
    add('spectral density', seconds, seconds);
  }
  return steps;
}

/** The data and the network are here twice, and in every worker twice beside the tape and the rows of the pairs. */
function memoryOf(
  network: CheckedNetwork,
  data: CheckedDataset,
  choices: SharpnessChoices,
  workers: number,
): Pick<Preview, 'memory' | 'workerMemory'> {
  const { samples, inputs, targets } = data;
  const P = network.parameters;
  const forms = chooseForms(network, samples);
  const core = new Core(compileSync());
  const { tape, rows } = core.frame(() => {
    const net = placeShape(core, network);
    setForms(core, net, forms);
    const capacity = blockCapacity(core, net, samples, BLOCK_BYTES);
    const held = Math.min(samples, 2 * capacity);
    return {
      tape: core.kernels.tapeBytes(net, samples),
      rows: 8 * held * core.kernels.pairRowsPerSample(net) + 16 * linearEntries(network, forms),
    };
  });
  const problem = 8 * (inputs.length + targets.length + samples + P);
  const matrix = 8 * P * P;
  const gramRoute = chooseRoute(network, samples) === 'gram';
  const assembles = choices.exact || !gramRoute || choices.bounds.includes('quartic');
  const assembled = assembles ? matrix + Math.min(BLOCK_BYTES, rows) : 0;
  const threads = gramRoute ? workers : 1;
  const of = (products: number): { memory: number; worker: number } => {
    const vectors = 8 * P * (products + 1);
    const worker = problem + tape + Math.max(gramRoute ? rows : 0, assembled, vectors);
    const shared = threads * (2 * problem + tape + (gramRoute ? rows : 0));
    const alone = 2 * problem + tape + Math.max(assembled, VECTOR_COPIES * vectors);
    return { memory: BASE_BYTES + 2 * problem + Math.max(shared, alone), worker };
  };
  const most =
    choices.bounds.includes('deflated') || choices.bounds.includes('gaussNewton')
      ? Math.min(choices.certificate.maxProducts, P)
      : 0;
  const [low, high] = [of(Math.min(most, FEW_PRODUCTS)), of(most)];
  return {
    memory: { least: low.memory, most: high.memory },
    workerMemory: { least: low.worker, most: high.worker },
  };
}
