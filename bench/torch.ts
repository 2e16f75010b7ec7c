/**
 * The same Hessian by PyTorch: npm run bench:torch -- [--record]. Writes the network and the data for bench/torch_hessian.py, runs it in the
 * Python that has torch (HESSBOUND_PYTHON, or python3 from /usr/bin), compares the matrices, and prints both times.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSync } from 'hessbound';
import { expectClose, time } from '../src/compare/measure.js';
import { COMPARED } from './core/suite.js';
import { duration, markdown, significant } from './core/table.js';
import { machine } from './node.js';
import { record } from './record.js';

interface Answer {
  version: string;
  threads: number;
  methods: { name: string; milliseconds: number; fastest: number }[];
}

const { network, data, name, parameters } = COMPARED;
const hb = loadSync();
const directory = mkdtempSync(join(tmpdir(), 'hessbound-torch-'));
try {
  const [problem, result] = [join(directory, 'problem.json'), join(directory, 'hessian.bin')];
  const plain = (_: string, value: unknown): unknown =>
    value instanceof Float64Array ? Array.from(value) : value;
  writeFileSync(problem, JSON.stringify({ network, data }, plain));
  const python = process.env['HESSBOUND_PYTHON'] ?? '/usr/bin/python3';
  const out = execFileSync(python, ['bench/torch_hessian.py', problem, result], { encoding: 'utf8' });
  const answer = JSON.parse(out) as Answer;
  const bytes = readFileSync(result);
  const theirs = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  expectClose(hb.hessian(network, data).data, theirs, 'PyTorch');
  const [own] = await time({ hessbound: () => hb.hessian(network, data) });
  const lines = [{ ...own, name: 'hessbound.hessian' }, ...answer.methods].map((method) => [
    `\`${method.name}\``,
    duration(method.milliseconds),
    duration(method.fastest),
    `${significant(method.milliseconds / own.milliseconds)}×`,
  ]);
  const head = [
    ['Hessian by', 'median', 'fastest', 'as long'],
    ['---', '--:', '--:', '--:'],
  ];
  const text =
    `${new Date().toISOString().slice(0, 10)}: ${machine()}; PyTorch ${answer.version}, ${answer.threads} thread. ` +
    `${name}, P = ${parameters}, double precision; Hessians equal to 1e-10.\n\n${markdown([...head, ...lines])}`;
  console.log(text);
  if (process.argv.includes('--record')) await record('torch', text);
} finally {
  rmSync(directory, { recursive: true });
}
