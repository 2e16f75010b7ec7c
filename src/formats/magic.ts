/** What files are by their first bytes. */

export function isNpy(bytes: Uint8Array): boolean {
  return startsWith(bytes, 0x93, 'NUMPY');
}

/** With entries, or empty. */
export function isZip(bytes: Uint8Array): boolean {
  return startsWith(bytes, 'PK', 3, 4) || startsWith(bytes, 'PK', 5, 6);
}

/** The length of its header in eight bytes, of which the upper four are 0 in any that can be read, and the header, JSON. */
export function isSafetensors(bytes: Uint8Array): boolean {
  return startsWith(bytes.subarray(4), 0, 0, 0, 0, '{');
}

/** From protocol 2 on a pickle opens with 80 and the version; PyTorch's files before 1.6 and joblib's are such. */
export function isPickle(bytes: Uint8Array): boolean {
  return bytes[0] === 0x80 && bytes[1] >= 2 && bytes[1] <= 5;
}

export function isHdf5(bytes: Uint8Array): boolean {
  return startsWith(bytes, 0x89, 'HDF\r\n', 0x1a, '\n');
}

/** What a file of no known format seems to be. */
export function looksLike(bytes: Uint8Array): string {
  const known: [sign: (string | number)[], what: string][] = [
    [['version https://git-lfs'], 'a pointer of Git LFS in place of the file (git lfs pull fetches it)'],
    [[0x1f, 0x8b], 'a gzip file; unpack it'],
    [['BZh'], 'a bzip2 file; unpack it'],
    [[0xfd, '7zXZ'], 'an xz file; unpack it'],
    [['<'], 'HTML or XML'],
  ];
  const found = known.find(([sign]) => startsWith(bytes, ...sign));
  if (found) return found[1];
  const start = bytes.subarray(0, 512);
  if (start.every((byte) => byte >= 32 || (byte >= 9 && byte <= 13))) return 'a text';
  return `one that begins ${Array.from(start.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join(' ')}`;
}

function startsWith(bytes: Uint8Array, ...sign: (string | number)[]): boolean {
  const expected = sign.flatMap((part) =>
    typeof part === 'number' ? [part] : Array.from(part, (c) => c.charCodeAt(0)),
  );
  return expected.every((byte, i) => bytes[i] === byte);
}
