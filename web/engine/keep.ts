/** Files of a run for elsewhere: the run itself, its weights, its data, and a script that checks its numbers in Python. */
import { type NamedFile, FormatError } from '../../src/formats/files.js';
import { networkToJson } from '../../src/formats/json.js';
import { pythonScript } from '../../src/formats/python.js';
import { writeDataset } from '../../src/formats/data/write.js';
import { writeNetwork } from '../../src/formats/write.js';
import { type Hessbound } from '../../src/index.js';
import { type Point } from '../playground.js';
import { EXACT_PARAMETERS, type State } from '../state.js';
import { readRun, type Run, writeRun } from './run-file.js';
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
  if (form.of === 'data') return writeDataset(data, form.format);
  const exact = session.training.parameters.length <= EXACT_PARAMETERS;
  const { script, arrays } = await pythonScript(network, data, hb.sharpness(network, data, { exact }));
  const { zipSync } = await import('fflate');
  const files = { [`${form.name}.py`]: new TextEncoder().encode(script), [`${form.name}.npz`]: arrays };
  // The oldest date of zip: the same bytes at any time.
  return zipSync(files, { level: 0, mtime: new Date(1980, 0, 1) });
}

export function savedRun(session: Session, state: State, history: readonly Point[]): Uint8Array<ArrayBuffer> {
  const { training, network } = session;
  return writeRun({ state, history, training, network });
}

/** The run of a file, its training where it was. @throws FormatError naming the field that is wrong */
export async function restored(hb: Hessbound, file: NamedFile): Promise<{ run: Run; session: Session }> {
  const run = readRun(file);
  try {
    const session = await Session.begin(hb, run.state, undefined, run.training);
    if (JSON.stringify(networkToJson(session.network)) !== JSON.stringify(networkToJson(run.network))) {
      throw new RangeError('network: expected the weights that training.parameters are; got others');
    }
    return { run, session };
  } catch (error) {
    throw new FormatError(file.name, (error as Error).message.replace('options.state', 'training'));
  }
}
