/** Where commands write, and where they do not. */
import { execFile, execFileSync } from 'node:child_process';
import { lstatSync, readFileSync, symlinkSync } from 'node:fs';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { DATA, hessbound, NETWORK, scratch } from './command.js';

const { path, file } = scratch();
const execFileAsync = promisify(execFile);

describe('files that are written', () => {
  it('are none of those that are read, nor two in one, nor where there is no directory', () => {
    const network = file('outputs-network.json', readFileSync(NETWORK, 'utf8'));
    const data = file('outputs-data.json', readFileSync(DATA, 'utf8'));
    const link = path('outputs-link.html');
    symlinkSync(data, link);
    const none = path('none/report.html');
    const refused: [string[], string][] = [
      [['analyze', network, data, '--html', network], 'it is read, and would be lost'],
      [['analyze', network, data, '--html', link], 'it is read, and would be lost'],
      [['analyze', network, data, '--html', none], `there is no directory ${path('none')}`],
      [['analyze', network, data, '--html', path('')], 'it is a directory'],
      [['analyze', network, data, '--shard', '1/1', '-o', data], 'it is read, and would be lost'],
      [['train', data, '--steps', '1', '-o', data], 'it is read, and would be lost'],
      [['train', data, '--from', network, '--html', network], 'it is read, and would be lost'],
      [
        ['train', data, '-o', path('a.json'), '--save-state', path('a.json')],
        'something else is to be written',
      ],
    ];
    for (const [args, why] of refused) {
      const { code, out, err } = hessbound(args);
      expect([args, code, out]).toEqual([args, 2, '']);
      expect(err).toMatch(/^hessbound: cannot write [^\n]+\n$/);
      expect(err).toContain(why);
    }
    expect(readFileSync(network, 'utf8')).toBe(readFileSync(NETWORK, 'utf8'));
    expect(readFileSync(data, 'utf8')).toBe(readFileSync(DATA, 'utf8'));
  });

  it('may be the network that was gone on from', () => {
    const network = file('gone-on.json', readFileSync(NETWORK, 'utf8'));
    const args = ['train', DATA, '--from', network, '-o', network, '--steps', '1', '--no-report', '-q'];
    expect(hessbound(args)).toMatchObject({ code: 0, err: '' });
    expect(readFileSync(network, 'utf8')).not.toBe(readFileSync(NETWORK, 'utf8'));
  });

  it('leave links, devices and pipes what they are', async () => {
    const [target, link] = [file('target.html', 'before'), path('link.html')];
    symlinkSync(target, link);
    expect(hessbound(['demo', '--steps', '0', '-q', '--html', link])).toMatchObject({ code: 0, err: '' });
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readFileSync(target, 'utf8')).toMatch(/^<!doctype html>/i);
    if (process.platform === 'win32') return;
    const pipe = path('pipe');
    execFileSync('mkfifo', [pipe]);
    const reader = execFileAsync('cat', [pipe]);
    const args = ['analyze', NETWORK, DATA, '-q', '--shard', '1/1', '-o', pipe];
    expect(hessbound(args)).toMatchObject({ code: 0, out: '' });
    expect(JSON.parse((await reader).stdout)).toHaveProperty('source');
    expect(lstatSync(pipe).isFIFO()).toBe(true);
  });
});
