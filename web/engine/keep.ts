/** Files of a run for elsewhere: the run itself, its weights, its data, and a script that checks its numbers in Python. */
import { type NamedFile, FormatError } from '../../src/formats/files.js';
import { networkToJson } from '../../src/formats/json.js';
import { pythonScript } from '../../src/formats/python.js';
import { writeDataset } from '../../src/formats/data/write.js';
import { writeNetwork } from '../../src/formats/write.js';
import { type Hessbound } from '../../src/index.js';
import { type Point } from '../history.js';
import { EXACT_PARAMETERS, type State } from '../state.js';
import { type OwnData } from './own-data.js';
import { type OwnFile } from './protocol.js';
import { readRun, type Run, writeRun } from './run-file.js';
import { type Source } from './samples.js';
import { Session } from './session.js';

export const NETWORK_FORMATS = ['safetensors', 'npz', 'json'] as const;
export const DATA_FORMATS = ['csv', 'npz'] as const;

/** What can be written of the network and the data as they are now. */
export type Form =
  | { of: 'network'; format: (typeof NETWORK_FORMATS)[number] }
  | { of: 'data'; format: (typeof DATA_FORMATS)[number] }
  /** name: of the files in the archive, without their endings. */
  | { of: 'python'; name: string };

export async function written(hb: Hessbound, session: Session, form: Form): Promise<Uint8Array<ArrayBuffer>> {
  const { network, data } = session;
  if (form.of === 'network') return writeNetwork(network, form.format);
  if (form.of === 'data') {
    // Classes stay the numbers they are for the network: not every format of networks has a place for their names.
    const { features } = session;
    return writeDataset(data, form.format, features && { features });
  }
  const exact = session.training.parameters.length <= EXACT_PARAMETERS;
  const { script, arrays } = await pythonScript(network, data, hb.sharpness(network, data, { exact }));
  const { zipSync } = await import('fflate');
  const files = { [`${form.name}.py`]: new TextEncoder().encode(script), [`${form.name}.npz`]: arrays };
  // The oldest date of zip: the same bytes at any time.
  return zipSync(files, { level: 0, mtime: new Date(1980, 0, 1) });
}

/** own: the visitor's file, where the state asks for it. */
export function savedRun(
  session: Session,
  state: State,
  history: readonly Point[],
  own?: OwnFile,
): Uint8Array<ArrayBuffer> {
  const { training, network } = session;
  return writeRun({ state, history, training, network, ...(state.data === 'own' && own && { own }) });
}

interface RestoredRun {
  run: Run;
  session: Session;
  own?: { source: Source; about: OwnData };
}

/** The run of a file, its training where it was. @throws FormatError naming the field that is wrong */
export async function restored(hb: Hessbound, file: NamedFile): Promise<RestoredRun> {
  const run = readRun(file);
  const { state, training, network } = run;
  try {
    const own = run.own && (await (await import('./own-data.js')).readOwn(run.own, state.column));
    if (own && own.about.classes.length !== state.classes) {
      throw new RangeError(
        `state.classes: expected ${own.about.classes.length}, as ${own.about.file} has; got ${state.classes}`,
      );
    }
    const session = await Session.begin(hb, state, own?.source, training);
    if (JSON.stringify(networkToJson(session.network)) !== JSON.stringify(networkToJson(network))) {
      throw new RangeError('network: expected the weights that training.parameters are; got others');
    }
    return { run, session, ...(own && { own }) };
  } catch (error) {
    throw new FormatError(file.name, (error as Error).message.replace('options.state', 'training'));
  }
}
