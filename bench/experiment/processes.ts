/** Trials shared among processes: each takes the next task as it becomes free, and outcomes stand in the order of the tasks. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { type Outcome, type Task } from './trial.js';

export interface Processes {
  run: (tasks: Task[], onProgress?: (done: number) => void) => Promise<Outcome[]>;
  close: () => void;
}

export async function openProcesses(count: number): Promise<Processes> {
  const children = Array.from({ length: count }, () =>
    fork('scripts/run-ts.mjs', ['bench/experiment/worker.ts'], { serialization: 'advanced' }),
  );
  await Promise.all(children.map(answer));
  return {
    async run(tasks, onProgress) {
      const outcomes: Outcome[] = [];
      let [next, done] = [0, 0];
      await Promise.all(
        children.map(async (child) => {
          while (next < tasks.length) {
            const at = next++;
            const answered = answer(child);
            child.send(tasks[at]);
            outcomes[at] = (await answered) as Outcome;
            onProgress?.(++done);
          }
        }),
      );
      return outcomes;
    },
    close: () => children.forEach((child) => child.kill()),
  };
}

async function answer(child: ChildProcess): Promise<unknown> {
  const ended = new AbortController();
  const failed = once(child, 'exit', { signal: ended.signal }).then(([code]) => {
    throw new Error(`a process of the experiment ended with code ${String(code)}`);
  });
  try {
    const [message] = (await Promise.race([once(child, 'message', { signal: ended.signal }), failed])) as [
      unknown,
    ];
    return message;
  } finally {
    failed.catch(() => undefined);
    ended.abort();
  }
}
