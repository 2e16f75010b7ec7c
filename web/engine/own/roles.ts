/** What each of the files of a visitor is for, by their first bytes, and by their names where these do not tell. */
import { isTfjs, tfjsShardNames } from '../../../src/formats/tfjs-manifest.js';
import { readFiles } from '../../../src/formats/files.js';
import { isHdf5, isNpy, isOnnx, isPickle, isSafetensors, isZip } from '../../../src/formats/magic.js';
import { readZip } from '../../../src/formats/zip.js';

export type Role = 'model' | 'data' | 'logits';

export interface Part {
  role: Role;
  /** Whether a file is all there is of it; one that another names, as shards are; or an array, of which several make one. */
  kind: 'whole' | 'beside' | 'array';
}

/** Enough for all that is told by first bytes. */
const HEAD = 2 ** 16;
/** Archives and JSON are told by what is inside. Larger ones are taken for data. */
const MOST_INSPECTED = 2 ** 28;

const LOGITS = /logit|prob|pred|output/i;
const DATA_ARRAY = /^(?:x|y|inputs?|data|features|images|targets?|labels?|(?:sample_)?weights)(?:_\w+)?$/i;

export async function rolesOf(files: readonly File[]): Promise<Part[]> {
  const heads = await Promise.all(files.map((file) => headOf(file)));
  const shards = new Set((await Promise.all(files.map((file, i) => shardsOf(file, heads[i])))).flat());
  const models = files.map((file, i) => isWeights(file.name, heads[i]));
  const named = files.some(({ name }, i) => isNpy(heads[i]) && DATA_ARRAY.test(stem(name)));
  return Promise.all(
    files.map(async (file, i): Promise<Part> => {
      const { name } = file;
      if (shards.has(name) || /\.(?:bin|onnx\.data|onnx_data)$/i.test(name))
        return { role: 'model', kind: 'beside' };
      if (models[i]) return { role: 'model', kind: 'whole' };
      const isArray = isNpy(heads[i]) || /\.npy$/i.test(name);
      if (LOGITS.test(stem(name)) && (isArray || /\.[ct]sv$/i.test(name)))
        return { role: 'logits', kind: 'whole' };
      if (isArray) {
        const ofModel = !named && !models.includes(true) && !DATA_ARRAY.test(stem(name));
        return { role: ofModel ? 'model' : 'data', kind: 'array' };
      }
      return { role: (await holdsModel(file, heads[i])) ? 'model' : 'data', kind: 'whole' };
    }),
  );
}

function isWeights(name: string, head: Uint8Array): boolean {
  if (/\.(?:csv|tsv|txt)$/i.test(name)) return false;
  return (
    isSafetensors(head) ||
    isHdf5(head) ||
    isPickle(head) ||
    isOnnx(head) ||
    /\.(?:safetensors|onnx|keras|h5|hdf5|pt|pth|ckpt|pkl|pickle|joblib|pb)$/i.test(name)
  );
}

/** Of a model.json of TF.js; a broken one names none, and its reader will say what is wrong. */
async function shardsOf(file: File, head: Uint8Array): Promise<string[]> {
  if (!opensObject(head) || file.size > MOST_INSPECTED) return [];
  const bytes = await bytesOf(file);
  if (!isTfjs([{ name: file.name, bytes }])) return [];
  try {
    return tfjsShardNames(bytes, file.name);
  } catch {
    return [];
  }
}

/** Of archives and JSON: what has no inputs is a model. */
async function holdsModel(file: File, head: Uint8Array): Promise<boolean> {
  if (file.size > MOST_INSPECTED) return false;
  if (isZip(head)) {
    const names = await entriesOf(file);
    return (
      names.some((name) => /^config\.json$/.test(name)) ||
      !names.some((name) => /^x|^(?:inputs|data|features|images)(?:_|\.)/i.test(name))
    );
  }
  if (!opensObject(head)) return false;
  const text = new TextDecoder().decode(await bytesOf(file));
  return /"(?:layers|modelTopology|weightsManifest)"\s*:/.test(text);
}

async function entriesOf(file: File): Promise<string[]> {
  try {
    return readZip({ name: file.name, bytes: await bytesOf(file) }).map(({ name }) => name);
  } catch {
    return [];
  }
}

function opensObject(head: Uint8Array): boolean {
  return head.find((byte) => byte > 32 && byte < 128) === '{'.charCodeAt(0);
}

async function headOf(file: File): Promise<Uint8Array> {
  const [{ bytes }] = await readFiles({
    name: file.name,
    arrayBuffer: () => file.slice(0, HEAD).arrayBuffer(),
  });
  return bytes;
}

async function bytesOf(file: File): Promise<Uint8Array> {
  const [{ bytes }] = await readFiles(file);
  return bytes;
}

function stem(name: string): string {
  return name.replace(/\.[^.]*$/, '');
}
