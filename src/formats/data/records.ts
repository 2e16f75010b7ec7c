/**
 * CSV (RFC 4180), as bytes, to rows of cells. The file is cut into blocks of whole records, which papaparse splits one at a time, so that memory is
 * that of one block, and so that nothing is split before its size is known: papaparse, given one line of 10⁹ commas, would fill the memory
 * with empty cells. Quotes have to be well-formed: what follows a closing one is a delimiter or the end of the line.
 */
import Papa from 'papaparse';
import { FormatError, type NamedFile } from '../files.js';
import { type Delimiter, DELIMITERS } from './table.js';

/** A record that begins in the line of that number, from 1. */
export interface Row {
  cells: string[];
  line: number;
}

const BLOCK = 2 ** 20;

/** Most columns, and most bytes of a record. */
const MOST_COLUMNS = 2 ** 20;
const MOST_RECORD = 2 ** 26;

const [LF, CR, QUOTE, SPACE, TAB] = Array.from('\n\r" \t', (c) => c.charCodeAt(0));

/** Records one by one, without empty lines. @throws FormatError naming the line */
export function* records(file: NamedFile, delimiter: Delimiter): Generator<Row, void> {
  for (const { bytes, line: first } of blocks(file, delimiter)) {
    const text = decode(file.name, bytes, first).replace(/\r\n?/g, '\n');
    const { data, errors } = Papa.parse<string[]>(text, { delimiter, newline: '\n', quoteChar: '"' });
    if (errors.length > 0) {
      // blocks() has refused what papaparse would complain of.
      throw new FormatError(file.name, `from line ${first}: ${errors[0].message}`);
    }
    const quoted = text.includes('"');
    let line = first;
    for (const cells of data) {
      if (cells.length > 1 || cells[0].trim() !== '') yield { cells, line };
      line += 1 + (quoted ? lineBreaks(cells) : 0);
    }
  }
}

/** What most likely separates the fields, by papaparse, from the beginning of the file. */
export function detectDelimiter(file: NamedFile): Delimiter | undefined {
  const head = file.bytes.subarray(0, 2 ** 16);
  // The cut may be inside a character.
  const text = new TextDecoder().decode(head).replace(/\r\n?/g, '\n');
  const whole = head.length < file.bytes.length ? text.slice(0, text.lastIndexOf('\n') + 1) : text;
  const { meta, errors } = Papa.parse<string[]>(whole || text, {
    newline: '\n',
    preview: 1,
    skipEmptyLines: true,
    // Of equally good ones the first; commas are also in numbers and in text.
    delimitersToGuess: ['\t', ';', '|', ','],
  });
  if (errors.some(({ code }) => code === 'UndetectableDelimiter')) return undefined;
  return DELIMITERS.find((known) => known === meta.delimiter);
}

/** The file without its byte order mark. */
export function withoutMark({ name, bytes }: NamedFile): NamedFile {
  const [a, b, c] = bytes;
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) {
    throw new FormatError(name, 'expected text in UTF-8; got UTF-16 (save it again as CSV UTF-8)');
  }
  return { name, bytes: a === 0xef && b === 0xbb && c === 0xbf ? bytes.subarray(3) : bytes };
}

/** Runs of whole records, each of about BLOCK bytes or of one longer record. */
function* blocks(
  { name, bytes }: NamedFile,
  delimiter: Delimiter,
): Generator<{ bytes: Uint8Array; line: number }> {
  const separator = delimiter.charCodeAt(0);
  let [start, startLine, record, recordLine, line, columns] = [0, 1, 0, 1, 1, 1];
  const tooLarge = (): FormatError =>
    new FormatError(
      name,
      `line ${recordLine}: expected at most ${MOST_COLUMNS} columns and ${MOST_RECORD} bytes; got more`,
    );
  let at = 0;
  while (at < bytes.length) {
    // A field. Quotes count at its beginning only.
    if (bytes[at] === QUOTE) {
      const opened = line;
      for (at++; ; at++) {
        if (at >= bytes.length || at - record > MOST_RECORD) {
          throw new FormatError(name, `line ${opened}: expected a closing quote; got none`);
        }
        if (bytes[at] === LF || (bytes[at] === CR && bytes[at + 1] !== LF)) line++;
        if (bytes[at] !== QUOTE) continue;
        if (bytes[at + 1] !== QUOTE) break;
        at++;
      }
      for (at++; bytes[at] === SPACE || (bytes[at] === TAB && separator !== TAB);) at++;
      if (at < bytes.length && bytes[at] !== separator && bytes[at] !== LF && bytes[at] !== CR) {
        throw new FormatError(
          name,
          `line ${line}: expected ${JSON.stringify(delimiter)} or the end of the line after a closing quote; got more text (a quote inside quotes is written twice)`,
        );
      }
    } else {
      while (at < bytes.length && bytes[at] !== separator && bytes[at] !== LF && bytes[at] !== CR) at++;
    }
    if (at - record > MOST_RECORD) throw tooLarge();
    if (bytes[at] === separator) {
      if (++columns > MOST_COLUMNS) throw tooLarge();
      at++;
      continue;
    }
    // The end of a record.
    if (bytes[at] === CR && bytes[at + 1] === LF) at++;
    at++;
    line++;
    [record, recordLine, columns] = [at, line, 1];
    if (at - start >= BLOCK) {
      yield { bytes: bytes.subarray(start, at), line: startLine };
      [start, startLine] = [at, line];
    }
  }
  if (start < bytes.length) yield { bytes: bytes.subarray(start), line: startLine };
}

function decode(name: string, bytes: Uint8Array, first: number): string {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  try {
    return decoder.decode(bytes);
  } catch {
    // A line feed is never part of another character, so the line at fault is at fault by itself.
    let line = first;
    for (let from = 0; from < bytes.length; line++) {
      const end = bytes.indexOf(LF, from);
      const to = end < 0 ? bytes.length : end;
      try {
        decoder.decode(bytes.subarray(from, to));
      } catch {
        break;
      }
      from = to + 1;
    }
    throw new FormatError(
      name,
      `line ${line}: expected text in UTF-8; got other bytes (save it again as UTF-8)`,
    );
  }
}

function lineBreaks(cells: readonly string[]): number {
  return cells.reduce((sum, cell) => sum + cell.split('\n').length - 1, 0);
}
