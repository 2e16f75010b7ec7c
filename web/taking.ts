/** The visitor's file on its way: what is being read, and why one could not be. The run before goes on meanwhile, and if it cannot. */
import { signal } from '@preact/signals';
import { type Playground } from './playground.js';

/** The name of the file that is being read. */
export const reading = signal<string | undefined>(undefined);
/** Why the last could not be. */
export const problem = signal<string | undefined>(undefined);

export async function takeFile(playground: Playground, file: File): Promise<void> {
  await told(file.name, () => playground.openFile(file));
}

/** Another column of the file's is the targets'. */
export async function takeColumn(playground: Playground, column: number): Promise<void> {
  await told(playground.state.value.file, () => playground.openColumn(column));
}

async function told(name: string, taking: () => Promise<void>): Promise<void> {
  reading.value = name;
  problem.value = undefined;
  try {
    await taking();
  } catch (error) {
    problem.value = (error as Error).message;
  } finally {
    reading.value = undefined;
  }
}
