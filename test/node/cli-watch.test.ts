/** What is seen on a terminal, and how work is interrupted. */
import { readdirSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { printInferred } from '../../src/cli/problem.js';
import { Progress } from '../../src/cli/progress.js';
import { datasetToJson, networkToJson } from '../../src/formats/json.js';
import { initialize, matrix } from '../../src/index.js';
import { uniforms } from '../reference/generate.js';
import { DATA, hessbound, interrupted, NETWORK, scratch } from './command.js';

const { path, file } = scratch();
const ESCAPE = '\u001b';

/** A terminal as cli-progress and Node see one, and what it shows on its line. */
function terminal(columns: number): {
  stream: NodeJS.WriteStream;
  written: () => string;
  line: () => string;
} {
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns });
  let written = '';
  stream.setEncoding('utf8').on('data', (text: string) => (written += text));
  return {
    stream: stream as unknown as NodeJS.WriteStream,
    written: () => {
      stream.read();
      return written;
    },
    line: () => {
      stream.read();
      return shown(written);
    },
  };
}

/** What is left of the line: escapes to go to its beginning, to empty it, or the rest of it. The oracle: ECMA-48. */
function shown(text: string): string {
  let [line, at] = ['', 0];
  for (const [, escape = '', end = '', other = ''] of text.matchAll(
    /(\u001b\[?(\d*)[A-Za-z78])|([^\u001b]+)/g,
  )) {
    if (other !== '') {
      line = line.slice(0, at).padEnd(at) + other + line.slice(at + other.length);
      at += other.length;
    } else if (escape.endsWith('G')) at = Number(end || 1) - 1;
    else if (escape.endsWith('K')) line = end === '2' ? '' : line.slice(0, at);
  }
  return line;
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 250));

describe('the progress bar', () => {
  it.each([20, 34, 60, 120])('fits into %i columns, and leaves an empty line', async (columns) => {
    const screen = terminal(columns);
    const progress = new Progress({ quiet: false }, screen.stream, {});
    for (let k = 0; k <= 4; k++) {
      progress.update('certificate', k / 10);
      await settled();
    }
    const line = screen.line();
    expect(line).toContain('certificate');
    expect(line.length).toBeLessThan(columns);
    if (columns >= 34) expect(line).toMatch(/40 %/);
    if (columns >= 60) expect(line).toMatch(/━+╌+ +40 % {2}about \d+ s left$/);
    progress.update('moments', 0.5);
    expect(screen.line()).toContain('moments');
    progress.clear();
    expect(screen.line()).toBe('');
    // Nothing about the terminal was changed that would have to be restored.
    expect(screen.written()).not.toMatch(/\u001b\[\?(25|7)/);
  });

  it('is none where nobody watches, when quiet, and where a line cannot be written over', () => {
    const unwatched = [
      [{ quiet: true }, {}, true],
      [{ quiet: false }, { TERM: 'dumb' }, true],
      [{ quiet: false }, {}, false],
    ] as const;
    for (const [choices, environment, isTTY] of unwatched) {
      const screen = terminal(80);
      const progress = new Progress(choices, Object.assign(screen.stream, { isTTY }), environment);
      progress.update('moments', 0.5);
      progress.clear();
      expect(screen.written()).toBe('');
    }
  });

  it('is not in a pipe', () => {
    const { err } = hessbound(['analyze', NETWORK, DATA]);
    expect(err).toBe('inferred: the labels are 0 and 1\n');
    expect(err).not.toContain(ESCAPE);
  });
});

describe('an interruption', () => {
  const next = uniforms(1);
  const numbers = (count: number): Float64Array => Float64Array.from({ length: count }, () => next() - 0.5);
  const [N, d] = [4000, 100];
  const files = (): string[] => {
    const widths = [d, 200, 10];
    const network = initialize({ widths, activation: 'tanh', loss: 'softmax-cross-entropy', seed: 1 });
    const data = {
      inputs: matrix(N, d, numbers(N * d)),
      targets: Array.from({ length: N }, (_, i) => i % 10),
    };
    return [file('wide.json', networkToJson(network)), file('many.json', datasetToJson(data))];
  };

  // Tens of seconds of work, of which the preview on standard error is the beginning.
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s ends what is computed at once with %i and one line', async (signal, expected) => {
    const report = path('report.html');
    const args = ['analyze', ...files(), '--html', report];
    const start = performance.now();
    const { code, out, err } = await interrupted(args, signal, (text) => text.includes('parameters'));
    expect(code).toBe(expected);
    expect(out).toBe('');
    expect(err.split('\n').slice(1)).toEqual([
      expect.stringMatching(
        /^22,210 parameters, 4,000 samples, .*: about .*iB, about .*, within a factor of 2 to 3/,
      ) as unknown,
      expect.stringMatching(/^hessbound: interrupted: /) as unknown,
      '',
    ]);
    expect(performance.now() - start).toBeLessThan(30_000);
    expect(readdirSync(path('.')).filter((name) => name.includes('report'))).toEqual([]);
  });
});

describe('workers', () => {
  it('change no bit, however many', () => {
    const numbers = (workers: string): unknown => {
      const { code, out } = hessbound(['analyze', NETWORK, DATA, '-q', '--json', '--workers', workers]);
      expect(code).toBe(0);
      return { ...(JSON.parse(out) as object), steps: undefined };
    };
    expect(numbers('3')).toEqual(numbers('1'));
    expect(hessbound(['analyze', NETWORK, DATA, '--workers', '0']).err).toMatch(
      /^hessbound: --workers: expected/,
    );
  });

  it('take the seed of what is seeded', () => {
    const certificate = (...options: string[]): unknown =>
      (
        JSON.parse(hessbound(['analyze', NETWORK, DATA, '-q', '--json', ...options]).out) as {
          certificate: unknown;
        }
      ).certificate;
    expect(certificate('--seed', '0')).toEqual(certificate());
    expect(certificate('--seed', '5')).not.toEqual(certificate());
  });
});

describe('what was inferred', () => {
  const sentences = ['weights are outputs × inputs', 'the labels are 0 and 1'];

  /** What comes on standard error where those two are terminals, or not. */
  function printed(
    out: boolean,
    err: boolean,
    choices: { quiet: boolean; json?: boolean },
    reportAtOnce: boolean,
  ): string {
    const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const [{ isTTY: outBefore }, { isTTY: errBefore }] = [process.stdout, process.stderr];
    Object.assign(process.stdout, { isTTY: out });
    Object.assign(process.stderr, { isTTY: err });
    try {
      printInferred(sentences, choices, reportAtOnce);
      return write.mock.calls.map(([text]) => text).join('');
    } finally {
      Object.assign(process.stdout, { isTTY: outBefore });
      Object.assign(process.stderr, { isTTY: errBefore });
      write.mockRestore();
    }
  }

  it('is not said twice to the same eyes', () => {
    const all = 'inferred: weights are outputs × inputs\ninferred: the labels are 0 and 1\n';
    expect(printed(true, true, { quiet: false, json: false }, true)).toBe('');
    // The report goes to a file or to another program, is JSON, or is long in coming.
    expect(printed(false, true, { quiet: false, json: false }, true)).toBe(all);
    expect(printed(true, false, { quiet: false, json: false }, true)).toBe(all);
    expect(printed(true, true, { quiet: false, json: true }, true)).toBe(all);
    expect(printed(true, true, { quiet: false, json: false }, false)).toBe(all);
    expect(printed(false, false, { quiet: true }, false)).toBe('');
  });
});
