/** CSV files: what is read of them, to the bit, and what is said of those that are wrong. */
import fc from 'fast-check';
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { datasetToCsv } from '../src/formats/data/write.js';
import { type DataHints, FormatError, readDataset, type ReadDataset } from '../src/formats/index.js';
import { matrix } from '../src/index.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const csv = (text: string | Uint8Array, hints?: DataHints): Promise<ReadDataset> =>
  readDataset({ name: 'a.csv', bytes: typeof text === 'string' ? bytes(text) : text }, hints);

async function problem(reading: Promise<unknown>): Promise<string> {
  try {
    await reading;
  } catch (error) {
    expect(error).toBeInstanceOf(FormatError);
    return (error as Error).message;
  }
  return 'nothing wrong';
}

describe('the form of CSV', () => {
  const expected = { inputs: matrix(2, 2, [1.5, -2, 3e-5, 4]), targets: Float64Array.of(0, 1) };

  it.each([
    ['commas', 'a,b,label\n1.5,-2,x\n3e-5,4,y\n'],
    ['semicolons', 'a;b;label\n1.5;-2;x\n3e-5;4;y\n'],
    ['tabs', 'a\tb\tlabel\n1.5\t-2\tx\n3e-5\t4\ty\n'],
    ['bars', 'a|b|label\n1.5|-2|x\n3e-5|4|y\n'],
    ['CRLF', 'a,b,label\r\n1.5,-2,x\r\n3e-5,4,y\r\n'],
    ['CR', 'a,b,label\r1.5,-2,x\r3e-5,4,y'],
    ['a byte order mark', '\uFEFFa,b,label\n1.5,-2,x\n3e-5,4,y\n'],
    ['no end of the last line', 'a,b,label\n1.5,-2,x\n3e-5,4,y'],
    ['empty lines', '\n\na,b,label\n\n1.5,-2,x\n  \n3e-5,4,y\n\n'],
    ['quotes', '"a","b","label"\n"1.5","-2","x"\n"3e-5" ,"4",y\n'],
    ['blanks', 'a, b, label\n 1.5, -2, x\n3e-5 ,4,\ty\n'],
    ['signs and points', 'a,b,label\n+1.50,-2.,x\n.3E-4,0004e0,y\n'],
    ['no names', '1.5,-2,x\n3e-5,4,y\n'],
    ["NumPy's names", '# a,b,label\n1.5,-2,x\n3e-5,4,y\n'],
    ["pandas' numbers for names", '0,1,label\n1.5,-2,x\n3e-5,4,y\n'],
    ['a label before', 'target,a,b\nx,1.5,-2\ny,3e-5,4\n'],
  ])('may have %s', async (_, text) => {
    const { data, classes } = await csv(text);
    expect(data).toEqual(expected);
    expect(classes).toEqual(['x', 'y']);
  });

  it('may have delimiters, quotes and line breaks in names and labels', async () => {
    const { classes, features } = await csv('"a, ""b""",c\n1,"x, y"\n2,"z\r\n""w"""\n3,"x, y"\n');
    expect(features).toEqual(['a, "b"']);
    expect(classes).toEqual(['x, y', 'z\n"w"']);
    expect(await problem(csv('a,c\n1,"x\n\ny"\n2,"x\n\ny"\n3\n'))).toBe(
      'a.csv: line 8: expected 2 fields, as many as in line 1; got 1',
    );
  });

  it('may begin with the numbers that pandas gives columns', async () => {
    const { data, features } = await csv(',0,1,2\n0,5.5,6,a\n1,7,8.5,b\n', { ignore: 1 });
    expect([...data.inputs.data]).toEqual([5.5, 6, 7, 8.5]);
    expect(features).toEqual(['0', '1']);
    // Without an index nothing tells them from a sample.
    const text = '0,1,2\n5,6,0\n7,8,1\n';
    await expect(csv(text)).rejects.toThrow(
      'line 1: 0 to 2 may be the names that pandas gives columns, or a sample',
    );
    expect((await csv(text, { header: true })).data.inputs.rows).toBe(2);
    expect((await csv(text, { header: false })).data.inputs.rows).toBe(3);
    expect((await csv('0,1\n5,6\n')).data.inputs.rows).toBe(2);
    expect((await csv('0,1,2.0\n5,6,0\n')).data.inputs.rows).toBe(2);
  });

  it('says what it inferred', async () => {
    expect((await csv('a;b\n1;x\n2;y\n')).inferred).toEqual([
      'fields are separated by ";"',
      'the first line holds the names of the columns',
      'the labels are in column 2 (b), the last',
      'the labels are classes',
      'classes in the order of their labels: x → 0, y → 1',
    ]);
  });
});

describe('columns', () => {
  const text = 'id,x,w,class,z\n7,1,2,a,3\n8,4,5,b,6\n';

  it.each<[DataHints, number[], number[] | undefined]>([
    [{ ignore: 'id' }, [1, 2, 3, 4, 5, 6], undefined],
    [{ ignore: ['id', 'w'] }, [1, 3, 4, 6], undefined],
    [{ ignore: [1, '3'] }, [1, 3, 4, 6], undefined],
    [{ ignore: 1, weights: 'w' }, [1, 3, 4, 6], [2, 5]],
    [{ features: ['z', 'x'] }, [3, 1, 6, 4], undefined],
    [{ features: 'z', weights: 3, label: 4 }, [3, 6], [2, 5]],
  ])('%j', async (hints, inputs, weights) => {
    const { data } = await csv(text, hints);
    expect([...data.inputs.data]).toEqual(inputs);
    expect(data.weights && [...(data.weights as Float64Array)]).toEqual(weights);
    expect(data.targets).toEqual(Float64Array.of(0, 1));
  });

  it('of targets, several', async () => {
    const { data } = await csv('x,u,v\n1,2.5,3\n4,5,6\n', { label: ['u', 'v'] });
    expect(data.targets).toEqual(matrix(2, 2, [2.5, 3, 5, 6]));
    // As many as the network has outputs, if its inputs are the rest.
    const { data: same } = await csv('x,u,v\n1,2.5,3\n4,5,6\n', { inputs: 1, outputs: 2 });
    expect(same).toEqual(data);
  });

  it('a name of digits comes before a number', async () => {
    const { data } = await csv('2,1\n7,0.5\n8,1.5\n', { label: '2', header: true });
    expect([...data.inputs.data]).toEqual([0.5, 1.5]);
    const { data: last } = await csv('2,1\n7,0.5\n8,1.5\n', { label: 2, header: true });
    expect([...last.inputs.data]).toEqual([7, 8]);
  });
});

describe('what is wrong', () => {
  it.each<[string, string, DataHints?]>([
    ['', 'expected lines of numbers; got none'],
    ['\n\n', 'expected lines of numbers; got none'],
    ['a,b,c\n', 'expected samples below the names of the columns; got none'],
    ['a\n1\n', 'expected columns of inputs beside the labels; got column 1 (a)'],
    ['a,b\n1,,3\n', 'line 2: expected 2 fields, as many as in line 1; got 3'],
    ['a,b\n1,2\n1\n', 'line 3: expected 2 fields, as many as in line 1; got 1'],
    ['a,b\n,2\n', 'line 2, column 1 (a): expected a number; got nothing (a missing value)'],
    ['a,b\nNaN,2\n', 'line 2, column 1 (a): expected a number; got "NaN" (a missing value)'],
    ['a,b\n?,2\n', 'line 2, column 1 (a): expected a number; got "?" (a missing value)'],
    ['a,b\n-inf,2\n', 'line 2, column 1 (a): expected a number; got "-inf", which is not finite'],
    ['a,b\n1e999,2\n', 'line 2, column 1 (a): expected a number; got "1e999", which is not finite'],
    [
      'a;b\n1,5;2\n',
      'line 2, column 1 (a): expected a number; got "1,5" (write a decimal point, not a comma)',
    ],
    [
      'a,b\n"1,234.5",2\n',
      'line 2, column 1 (a): expected a number; got "1,234.5" (write numbers without thousands separators, and with a decimal point)',
    ],
    ['a,b\n0x10,2\n', 'line 2, column 1 (a): expected a number; got "0x10" (encode categories'],
    [
      'a,b\n1_000,2\n',
      'line 2, column 1 (a): expected a number; got "1_000" (write numbers without thousands',
    ],
    ['a,b\n1 2,2\n', 'line 2, column 1 (a): expected a number; got "1 2"'],
    ['a,b\n--1,2\n', 'line 2, column 1 (a): expected a number; got "--1"'],
    [
      'colour,b\nred,2\n',
      'line 2, column 1 (colour): expected a number; got "red" (encode categories as numbers, such as a column of 0 and 1 for each; or leave the column out)',
    ],
    ['a,b\n1,\n', 'line 2, column 2 (b): expected a label; got nothing (a missing value)'],
    ['a,b\n1,nan\n', 'line 2, column 2 (b): expected a label; got "nan" (a missing value)'],
    ['a,b\n1,2\n3,"x\n', 'line 3: expected a closing quote; got none'],
    ['a,b\n1,"x"y\n', 'line 2: expected "," or the end of the line after a closing quote; got more text'],
    ['a,b\n1,x\n2,y\n3,4\n', 'line 4: expected a word, as the other labels are; got 4'],
    ['a,b\n1,4\n2,5\n3,1O\n', 'line 4: expected a number, as the other labels are; got "1O"'],
    ['a,b\n1,2\n', 'label: expected a column from 1 to 2, one of a, b; got "c"', { label: 'c' }],
    ['a,b\n1,2\n', 'label: expected a column from 1 to 2, one of a, b; got 0', { label: 0 }],
    ['1,2\n', 'ignore: expected a column from 1 to 2 (it has no names); got "c"', { ignore: 'c' }],
    [
      'a,a,b\n1,2,3\n',
      'label: expected a name that one column has; 2 are called "a" (use its number)',
      { label: 'a' },
    ],
    ['a,b,c\n1,2,3\n', 'column 1 (a): expected one use of a column; got two', { label: 'a', weights: 1 }],
    ['y,class,x\n1,2,3\n', 'expected one column of labels; got column 1 (y) and column 2 (class) (name it'],
    ['a,w,b\n1,-1,2\n', 'expected sample weights ≥ 0; got -1 for sample 1', { weights: 'w' }],
    ['a,w,b\n1,0,2\n', 'expected at least one sample weight above 0; got all 0', { weights: 'w' }],
    [
      'a,b,c\n1,2,3\n',
      'expected 3 inputs; got 2 columns (column 1 (a), column 2 (b)) (is one of them',
      { inputs: 3 },
    ],
    [
      'a,b,c\n1,2,3\n',
      'expected 1 inputs; got 2 columns (column 1 (a), column 2 (b)) (name the column',
      { inputs: 1 },
    ],
  ])('%j', async (text, message, hints) => {
    const found = await problem(csv(text, hints));
    expect(found).not.toContain('\n');
    expect(found.startsWith(`a.csv: ${message}`), found).toBe(true);
  });

  it('is said of bytes that are no UTF-8, with their line', async () => {
    const latin = Uint8Array.from([...bytes('a,b\n1,x\n2,'), 0xe9, ...bytes('\n3,y\n')]);
    expect(await problem(csv(latin))).toBe(
      'a.csv: line 3: expected text in UTF-8; got other bytes (save it again as UTF-8)',
    );
    const wide = Uint8Array.from([0xff, 0xfe, ...Array.from('a,b', (c) => [c.charCodeAt(0), 0]).flat()]);
    expect(await problem(csv(wide))).toContain('expected text in UTF-8; got UTF-16');
  });

  it.each<[string, number[], string]>([
    ['x.pt', [...zipSync({ 'archive/data.pkl': new Uint8Array(1) })], 'got a pickle is a program'],
    ['a.pkl', [0x80, 4, 0x95], 'a pickle is a program'],
    ['a.h5', [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a], 'HDF5'],
    ['a.parquet', [...bytes('PAR1'), 0, 1], 'Parquet'],
    ['a.csv.gz', [0x1f, 0x8b, 8, 0], 'gzip'],
    ['a.html', [...bytes('<html>')], 'HTML'],
  ])('%s is no data', async (name, content, message) => {
    const found = await problem(readDataset({ name, bytes: Uint8Array.from(content) }));
    expect(found).toContain(message);
  });

  it('is refused before it fills the memory', { timeout: 60_000 }, async () => {
    const line = new Uint8Array(2 ** 25).fill(','.charCodeAt(0));
    expect(await problem(csv(line))).toBe(
      'a.csv: line 1: expected at most 1048576 columns and 67108864 bytes; got more',
    );
    const open = new Uint8Array(2 ** 25).fill('1'.charCodeAt(0));
    open.set(bytes('a,b\n1,"'));
    expect(await problem(csv(open))).toBe('a.csv: line 2: expected a closing quote; got none');
    const long = `a,b\n1,${'x'.repeat(5000)}\n`;
    expect(await problem(csv(long))).toContain(
      'line 2, column 2 (b): expected a label of at most 1000 characters',
    );
  });
});

describe('numbers', () => {
  it('of a file that datasetToCsv wrote are the same to the bit', async () => {
    const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
    const file = fc
      .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 2, max: 20 }))
      .chain(([cols, rows]) =>
        fc.record({
          inputs: fc.array(finite, { minLength: rows * cols, maxLength: rows * cols }),
          targets: fc.array(finite, { minLength: rows, maxLength: rows }),
          rows: fc.constant(rows),
          cols: fc.constant(cols),
        }),
      );
    await fc.assert(
      fc.asyncProperty(file, async ({ inputs, targets, rows, cols }) => {
        const data = { inputs: matrix(rows, cols, inputs), targets };
        const read = await csv(datasetToCsv(data), { loss: 'squared-error' });
        // toEqual tells −0 from 0.
        expect([...read.data.inputs.data]).toEqual(inputs);
        expect([...(read.data.targets as Float64Array)]).toEqual(targets);
      }),
      { numRuns: 300, seed: 7 },
    );
  });

  it('are those nearest to the decimals, whatever their length', async () => {
    // Halfway between 1 and the next double, and just above, in all digits; David Gay's hard cases.
    const text = [
      '1.00000000000000011102230246251565404236316680908203125',
      '1.00000000000000011102230246251565404236316680908203126',
      '2.2250738585072011e-308',
      '4.9406564584124654e-324',
      '9007199254740993',
      '1.7976931348623157e308',
    ];
    const { data } = await csv(`${text.join('\n,0\n').replaceAll('\n,0', ',0')},0\n`, {
      header: false,
      loss: 'squared-error',
    });
    expect([...data.inputs.data]).toEqual([
      1,
      1 + 2 ** -52,
      2.225073858507201e-308,
      2 ** -1074,
      2 ** 53,
      (2 - 2 ** -52) * 2 ** 1023,
    ]);
  });
});

describe('names', () => {
  it('of classes and inputs come back, whatever is in them', async () => {
    const name = fc
      .string({
        unit: fc.constantFrom('a', '"', '\n', ',', ';', '|', '\t', ' ', 'é', '→'),
        minLength: 1,
        maxLength: 8,
      })
      .map((text) => `k${text}k`);
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(name, { minLength: 2, maxLength: 4 }),
        name,
        async (classes, feature) => {
          const data = { inputs: matrix(classes.length, 1), targets: classes.map((_, c) => c) };
          const text = datasetToCsv(data, { features: [feature], classes });
          const read = await csv(text, {
            classes,
            delimiter: ',',
            header: true,
            loss: 'softmax-cross-entropy',
          });
          expect(read.features).toEqual([feature]);
          expect(read.classes).toEqual(classes);
          expect([...(read.data.targets as Float64Array)]).toEqual(data.targets);
        },
      ),
      { numRuns: 300, seed: 3 },
    );
  });
});
