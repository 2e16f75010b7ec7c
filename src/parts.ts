/**
 * An analysis on several machines. What takes long in it, sums over pairs of samples, is a sum over tiles, any of which can be computed anywhere: a part holds shares
 * (shares.ts) of the sums that are known ahead to be wanted, and with all parts sharpness goes on from there.
 *
 * Whatever decides about a bit must be the same in all parts and at the end: network and data, by their SHA-256, version and core. A digest of its own guards a part
 * against damage. None of that is a signature: the numbers in a part are as trustworthy as the machine they come from.
 */
import { type Job, type Steps } from './core/job.js';
import { version } from './core/wasm.generated.js';
import { Digests } from './digests.js';
import { type CheckedDataset, type CheckedNetwork } from './network.js';
import {
  finishing,
  isShareable,
  jobDigest,
  type Kept,
  misfit,
  MisfitError,
  type Named,
  type Share,
} from './shares.js';
import { checkInteger, checkObject, describe } from './validate.js';

/** Plain data, which JSON keeps to the bit. */
export interface Part extends Share {
  format: typeof FORMAT;
  /** Of hessbound, and the beginning of its core's SHA-256. */
  version: string;
  /** SHA-256 of what they are to the core. */
  network: string;
  data: string;
  sums: Kept[];
  /** SHA-256 of all the rest. */
  digest: string;
  /** What errors call it, a file for instance; not part of it. Absent: its place among the parts. */
  name?: string;
}

export type CheckedPart = Part & Named;

const FORMAT = 'hessbound part';
/** Most parts of an analysis; beyond some hundred there is nothing left to share (docs/many-machines.md). */
const MOST_PARTS = 10_000;

export function checkShare(index: unknown, count: unknown): Share {
  const parts = checkInteger('options.count', count, 1, MOST_PARTS);
  return { index: checkInteger('options.index', index, 1, parts), count: parts };
}

export function makePart(
  network: CheckedNetwork,
  data: CheckedDataset,
  { index, count }: Share,
  sums: Kept[],
  digests: Digests,
): Part {
  const content = {
    format: FORMAT,
    version,
    network: digests.of(network),
    data: digests.of(data),
    index,
    count,
    sums,
  } as const;
  return { ...content, digest: digests.of(content) };
}

/** The names of the options with which sharpness takes parts. */
export const MERGE_OPTIONS = ['parts', 'onUncovered'] as const;

/** What is known already, and who is told what is not. */
export interface Merge {
  parts: CheckedPart[];
  onUncovered: ((sum: string) => void) | undefined;
}

/** Undefined without parts. */
export function checkMerge(
  network: CheckedNetwork,
  data: CheckedDataset,
  parts: unknown,
  onUncovered: unknown,
): Merge | undefined {
  if (onUncovered !== undefined && typeof onUncovered !== 'function') {
    throw new TypeError(`options.onUncovered: expected a function; got ${describe(onUncovered)}`);
  }
  if (parts === undefined) return undefined;
  return {
    parts: checkParts(network, data, parts),
    onUncovered: onUncovered as Merge['onUncovered'],
  };
}

/** All parts of this problem, in order. @throws TypeError or RangeError naming the part that is wrong, or missing */
function checkParts(network: CheckedNetwork, data: CheckedDataset, value: unknown): CheckedPart[] {
  if (!Array.isArray(value) || value.length === 0) {
    throw new TypeError(`options.parts: expected a non-empty array of parts; got ${describe(value)}`);
  }
  const parts = arranged(
    Array.from(value as unknown[], (part, i) => checkPart(nameOf(part) ?? `options.parts[${i}]`, part)),
  );
  const [first] = parts;
  const other = mismatch(first, network, data);
  if (other) throw misfit(first, `expected a part of this ${other}; got one of another`);
  return parts;
}

/** What of the problem the part is not of. */
export function mismatch(
  part: Part,
  network: CheckedNetwork,
  data: CheckedDataset,
): 'network' | 'data' | undefined {
  const digests = new Digests();
  if (part.network !== digests.of(network)) return 'network';
  return part.data === digests.of(data) ? undefined : 'data';
}

/** A part, sound in itself; of what, is not asked. */
export function checkPart(name: string, value: unknown): CheckedPart {
  const part = checkObject(name, value);
  if (part['format'] !== FORMAT) {
    throw new TypeError(
      `${name}: expected a part of an analysis (format '${FORMAT}'); got ${describe(part['format'])}`,
    );
  }
  if (part['version'] !== version) {
    throw new RangeError(
      `${name}: expected a part computed by hessbound ${version}; got ${describe(part['version'])}`,
    );
  }
  const count = checkInteger(`${name}: count`, part['count'], 1, MOST_PARTS);
  const content = {
    format: FORMAT,
    version,
    network: checkDigest(`${name}: network`, part['network']),
    data: checkDigest(`${name}: data`, part['data']),
    index: checkInteger(`${name}: index`, part['index'], 1, count),
    count,
    sums: checkList(`${name}: sums`, part['sums']).map((sum, i) => checkKept(`${name}: sums[${i}]`, sum)),
  } as const;
  const digest = checkDigest(`${name}: digest`, part['digest']);
  if (digest !== new Digests().of(content)) {
    throw new RangeError(`${name}: damaged: its content is not what its digest says`);
  }
  return { ...content, digest, name };
}

/** Parts of one problem, complete, each once, and of the same sums: in their order. */
export function arranged(parts: readonly CheckedPart[]): CheckedPart[] {
  const [first] = parts;
  const { count } = first;
  const found = new Map<number, CheckedPart>();
  for (const part of parts) {
    for (const what of ['network', 'data'] as const) {
      if (part[what] !== first[what]) throw misfit(part, `is a part of another ${what} than ${first.name}`);
    }
    if (part.count !== count) {
      throw misfit(
        part,
        `is part ${part.index} of ${part.count}, and ${first.name} part ${first.index} of ${count}`,
      );
    }
    if (identityOf(part) !== identityOf(first)) {
      throw misfit(part, `holds other sums than ${first.name}; compute all parts with the same options`);
    }
    const same = found.get(part.index);
    if (same) throw new RangeError(`${same.name} and ${part.name} are both part ${part.index} of ${count}`);
    found.set(part.index, part);
  }
  const missing = Array.from({ length: count }, (_, i) => i + 1).filter((index) => !found.has(index));
  if (missing.length > 0) throw new RangeError(missingText(missing, count));
  return [...found.values()].sort((a, b) => a.index - b.index);
}

/** The same steps, but that jobs whose shares the parts hold are finished from these. */
export function* withParts<Result>(merge: Merge | undefined, steps: Steps<Result>): Steps<Result> {
  if (!merge) return yield* steps;
  const { parts, onUncovered } = merge;
  const digests = new Digests();
  const finished = (job: Job): Job => {
    if (!isShareable(job)) return job;
    const digest = jobDigest(job, digests);
    const shares = parts.flatMap(({ name, sums }) =>
      sums.filter((sum) => sum.job === digest).map((sum) => ({ ...sum, name })),
    );
    if (shares.length > 0) return finishing(job, shares, digests);
    onUncovered?.(job.kind.name);
    return job;
  };
  let step = steps.next();
  while (!step.done) {
    const job = finished(step.value);
    let result: unknown;
    try {
      result = yield job;
    } catch (error) {
      // Steps may go on after a job that failed, but nothing goes on with a part that is wrong.
      if (error instanceof MisfitError) throw error;
      step = steps.throw(error);
      continue;
    }
    step = steps.next(result);
  }
  return step.value;
}

function checkKept(name: string, value: unknown): Kept {
  const { kind, job, plan, results } = checkObject(name, value);
  return {
    kind: checkText(`${name}.kind`, kind),
    job: checkDigest(`${name}.job`, job),
    plan: checkDigest(`${name}.plan`, plan),
    results: checkList(`${name}.results`, results).map((text, i) => checkText(`${name}.results[${i}]`, text)),
  };
}

function checkList(name: string, value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new TypeError(`${name}: expected an array; got ${describe(value)}`);
  return Array.from(value as unknown[]);
}

function checkText(name: string, value: unknown): string {
  if (typeof value !== 'string') throw new TypeError(`${name}: expected text; got ${describe(value)}`);
  return value;
}

function checkDigest(name: string, value: unknown): string {
  if (typeof value !== 'string' || !/^[0-9a-f]{64}$/.test(value)) {
    throw new TypeError(`${name}: expected a SHA-256 in hexadecimal; got ${describe(value)}`);
  }
  return value;
}

function nameOf(part: unknown): string | undefined {
  const name = typeof part === 'object' && part !== null && 'name' in part ? part.name : undefined;
  return typeof name === 'string' ? name : undefined;
}

/** Which sums it holds shares of. */
function identityOf({ sums }: Part): string {
  return sums.map(({ job, plan }) => `${job} ${plan}`).join();
}

/** The first few by their numbers. */
function missingText(missing: number[], count: number): string {
  const listed = missing.slice(0, 8).map(String);
  if (missing.length > listed.length) listed.push(`${missing.length - listed.length} more`);
  const last = listed.pop()!;
  return listed.length === 0
    ? `part ${last} of ${count} is missing`
    : `parts ${listed.join(', ')} and ${last} of ${count} are missing`;
}
