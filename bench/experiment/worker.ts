/** A process that runs the trials it is sent, one after the other (processes.ts). */
import { loadSync } from '../../src/index.js';
import { type Task, trial } from './trial.js';

const hb = loadSync();
process.on('message', (task: Task) => process.send!(trial(hb, task)));
process.send!('ready');
