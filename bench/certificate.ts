/**
 * The certificate on a network whose Hessian nobody would assemble: npm run bench:certificate -- [--samples N] [--record]. Trains 784-128-10 (101,770
 * parameters) on images of Fashion-MNIST, closes the bracket to 1e-6, and lets PyTorch estimate the same numbers in the usual ways
 * (bench/torch_sharpness.py; HESSBOUND_PYTHON, or python3 from /usr/bin).
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Dataset, loadSync, type Network } from 'hessbound';
import { duration, markdown, significant } from './core/table.js';
import { fashion, fashionName, WIDTHS } from './fashion.js';
import { machine } from './node.js';
import { record } from './record.js';

interface Estimate {
  products: number;
  seconds: number;
  value: number;
}

const STEPS = 60;

const { values: args } = parseArgs({
  options: { samples: { type: 'string', default: '5000' }, record: { type: 'boolean', default: false } },
});
const samples = Number(args.samples);
const { network: start, data } = fashion(samples);
const hb = loadSync();
const { network } = hb.train(start, data, { steps: STEPS, learningRate: 0.003 });

const [moments, momentSeconds] = timed(() => hb.moments(network, data));
const [result, allSeconds] = timed(() =>
  hb.sharpness(network, data, { tolerance: 1e-6, ingredients: false }),
);
const memory = process.resourceUsage().maxRSS * 1024;
const { certificate, lower, upper } = result;
const exact = (lower + upper) / 2;
const torch = usualWays(network, data);
if (Math.abs(torch.loss / hb.loss(network, data) - 1) > 1e-10) throw new Error('PyTorch: another loss');

const head = [
  ['', 'products', 'time', 'says', 'off by'],
  ['---', '--:', '--:', '--:', '--:'],
];
const gap = upper / lower - 1;
const text =
  `${new Date().toISOString().slice(0, 10)}: ${machine()}; PyTorch ${torch.version}, one thread each. 784-128-10, P = 101,770, on the first ` +
  `${samples} images of ${fashionName()} after ${STEPS} full-batch Adam steps, loss ${significant(torch.loss)}.\n\n` +
  markdown([
    ...head,
    [
      'hessbound, certificate',
      String(certificate!.products),
      `${duration(1000 * allSeconds)}, of which moments ${duration(1000 * momentSeconds)}`,
      `${lower.toPrecision(9)} ≤ λ_max ≤ ${upper.toPrecision(9)}`,
      `at most ${gap.toExponential(1)}, guaranteed`,
    ],
    [
      'PyTorch, power iteration to 1e-3',
      String(torch.power.products),
      duration(1000 * torch.power.seconds),
      `λ_max ≈ ${torch.power.value.toPrecision(7)}`,
      (torch.power.value / exact - 1).toExponential(1),
    ],
    [
      'hessbound, exact trace',
      '0',
      `${duration(1000 * momentSeconds)}, with ‖H‖_F`,
      `tr H = ${moments.trace.toPrecision(9)}`,
      'rounding',
    ],
    [
      'PyTorch, Hutchinson with 100 probes',
      String(torch.trace.products),
      duration(1000 * torch.trace.seconds),
      `tr H ≈ ${torch.trace.value.toPrecision(7)}`,
      (torch.trace.value / moments.trace - 1).toExponential(1),
    ],
  ]) +
  `\n\nConverged: ${String(certificate!.converged)}; ${certificate!.enclosures.length} eigenvalues above the complement ` +
  `${significant(certificate!.complement)}; most resident memory ${(memory / 1e6).toFixed(0)} MB. The bracket after each product: ` +
  `${certificate!.history.map((step) => ((step.upper - step.lower) / step.upper).toExponential(0)).join(', ')} apart.`;
console.log(text);
if (args.record) await record('certificate', text);

function usualWays(
  { layers }: Network,
  { inputs, targets }: Dataset,
): { version: string; loss: number; power: Estimate; trace: Estimate } {
  const directory = mkdtempSync(join(tmpdir(), 'hessbound-certificate-'));
  try {
    const write = (name: string, values: ArrayLike<number>): void => {
      writeFileSync(join(directory, name), new Uint8Array(Float64Array.from(values).buffer));
    };
    writeFileSync(join(directory, 'problem.json'), JSON.stringify({ widths: WIDTHS, samples }));
    write('inputs.bin', inputs.data);
    write('targets.bin', targets as ArrayLike<number>);
    layers.forEach(({ weights, bias }, l) => {
      write(`weights${l}.bin`, weights.data);
      write(`bias${l}.bin`, bias!);
    });
    const python = process.env['HESSBOUND_PYTHON'] ?? '/usr/bin/python3';
    const out = execFileSync(python, ['bench/torch_sharpness.py', directory], { encoding: 'utf8' });
    return JSON.parse(out) as ReturnType<typeof usualWays>;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function timed<T>(body: () => T): [T, number] {
  const begin = performance.now();
  const result = body();
  return [result, (performance.now() - begin) / 1000];
}
