/** The analysis of a visitor's model, and the report of it: as the command line makes them, to the bit. */
import { createPool, type Hessbound } from '../../../src/index.js';
import { jsonText } from '../../../src/formats/json.js';
import { type Analysis, analysisToJson, analyze } from '../../../src/report/analysis.js';
import { htmlReport } from '../../../src/report/html.js';
import { commandLine, originOf } from '../../../src/report/origin.js';
import manifest from '../../../package.json' with { type: 'json' };
import { type Progress } from '../protocol.js';
import { startThread, THREADS } from '../threads.js';
import { argumentsOf, hintsOf } from './answers.js';
import { type Role } from './roles.js';
import { analysisOptions, filesOf, type Given, problemOf, type Wanted } from './reading.js';

export interface Report {
  /** 'iris.safetensors on iris.csv'. */
  subject: string;
  /** The page, a file that stands for itself. */
  html: string;
  json: string;
  lower: number;
  upper: number;
}

/** @throws as the readers and the library do */
export async function reportOf(
  hb: Hessbound,
  given: Given,
  wanted: Wanted,
  tell: (progress: Progress) => void,
): Promise<Report> {
  const { network, data, ...read } = await problemOf(hb, await filesOf(given), hintsOf(given.answers));
  const pool = await createPool({ workers: THREADS, createWorker: startThread });
  try {
    const analysis = await analyze(pool, network, data, {
      ...analysisOptions(wanted),
      origin: originOf({ network, data, ...read }),
      onProgress: (stage, fraction) => tell({ stage, fraction }),
    });
    return shown(analysis, given, wanted);
  } finally {
    await pool.close();
  }
}

function shown(analysis: Analysis, given: Given, wanted: Wanted): Report {
  const subject = `${named(given, 'model').join(', ')} on ${named(given, 'data').join(', ')}`;
  const { version } = manifest;
  return {
    subject,
    html: htmlReport(analysis, { subject, version, command: commandOf(given, wanted), seed: 0 }),
    json: jsonText({ hessbound: version, subject, ...(analysisToJson(analysis) as object) }),
    lower: analysis.lower,
    upper: analysis.upper,
  };
}

/** What gives the same on the command line. It takes one file for a model, and one for its data or two. */
function commandOf(given: Given, { tolerance, exact, allBounds }: Wanted): string {
  const [data, ...targets] = named(given, 'data');
  return commandLine('analyze', [
    ...named(given, 'model'),
    data,
    ...targets.flatMap((name) => ['--targets', name]),
    ...named(given, 'logits').flatMap((name) => ['--check', name]),
    ...argumentsOf(given.answers),
    ...(allBounds ? ['--bounds', 'all'] : []),
    ...(tolerance === DEFAULT_TOLERANCE ? [] : ['--tolerance', String(tolerance)]),
    ...(exact === 'auto' ? [] : [exact === 'yes' ? '--exact' : '--no-exact']),
    ...['--html', 'report.html'],
  ]);
}

function named({ files }: Given, wanted: Role): string[] {
  return files.flatMap(({ role, kind, file }) => (role === wanted && kind !== 'beside' ? [file.name] : []));
}

/** Of sharpness. */
const DEFAULT_TOLERANCE = 1e-6;
