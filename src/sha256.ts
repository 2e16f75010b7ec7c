/**
 * SHA-256 (FIPS 180-4), at once: WebCrypto's is asynchronous, and absent from pages that did not come by https.
 *
 * The message, a bit 1, zeros and the message's length in bits make blocks of 16 big-endian words; each is stretched to 64 words w_t, and 64 rounds mix them into
 * eight words of state. The constants are the first 32 bits of the fractions of the roots of primes: square roots for the state to begin with, cube roots for the rounds.
 */

const ROUNDS = wordsOf(
  '428a2f9871374491b5c0fbcfe9b5dba53956c25b59f111f1923f82a4ab1c5ed5d807aa9812835b01243185be550c7dc372be5d7480deb1fe9bdc06a7c19bf174' +
    'e49b69c1efbe47860fc19dc6240ca1cc2de92c6f4a7484aa5cb0a9dc76f988da983e5152a831c66db00327c8bf597fc7c6e00bf3d5a7914706ca635114292967' +
    '27b70a852e1b21384d2c6dfc53380d13650a7354766a0abb81c2c92e92722c85a2bfe8a1a81a664bc24b8b70c76c51a3d192e819d6990624f40e3585106aa070' +
    '19a4c1161e376c082748774c34b0bcb5391c0cb34ed8aa4a5b9cca4f682e6ff3748f82ee78a5636f84c878148cc7020890befffaa4506cebbef9a3f7c67178f2',
);
const BEGIN = wordsOf('6a09e667bb67ae853c6ef372a54ff53a510e527f9b05688c1f83d9ab5be0cd19');

/** In hexadecimal. */
export function sha256(message: Uint8Array): string {
  const state = BEGIN.slice();
  const words = new Int32Array(64);
  const whole = message.length - (message.length % 64);
  for (let at = 0; at < whole; at += 64) mix(state, words, message, at);
  const rest = message.length - whole;
  const end = new Uint8Array(rest < 56 ? 64 : 128);
  end.set(message.subarray(whole));
  end[rest] = 0x80;
  // The length in bits, of which 53 count at most.
  const view = new DataView(end.buffer);
  view.setUint32(end.length - 8, Math.floor(message.length / 2 ** 29));
  view.setUint32(end.length - 4, (message.length * 8) >>> 0);
  for (let at = 0; at < end.length; at += 64) mix(state, words, end, at);
  return Array.from(state, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}

/** One block of 64 bytes, from `at` on. */
function mix(state: Int32Array, w: Int32Array, bytes: Uint8Array, at: number): void {
  for (let t = 0; t < 16; t++, at += 4) {
    w[t] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
  }
  for (let t = 16; t < 64; t++) {
    const x = w[t - 15];
    const y = w[t - 2];
    const small = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const large = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    w[t] = w[t - 16] + small + w[t - 7] + large;
  }
  let a = state[0];
  let b = state[1];
  let c = state[2];
  let d = state[3];
  let e = state[4];
  let f = state[5];
  let g = state[6];
  let h = state[7];
  for (let t = 0; t < 64; t++) {
    const large = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const first = (h + large + (g ^ (e & (f ^ g))) + ROUNDS[t] + w[t]) | 0;
    const small = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const second = (small + ((a & b) | (c & (a | b)))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
  state[5] += f;
  state[6] += g;
  state[7] += h;
}

function wordsOf(hexadecimal: string): Int32Array {
  return Int32Array.from(hexadecimal.match(/.{8}/g)!, (word) => parseInt(word, 16));
}
