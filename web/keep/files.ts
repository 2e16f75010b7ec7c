/** Files that a page gives away, and what they are called. */
import { type State } from '../state.js';

/** Such as moons-16-16-step-120: data, widths of the hidden layers, step. */
export function nameOf(state: State, step: number): string {
  const data = state.data === 'own' ? state.file.replace(/\.[^.]*$/, '') : state.data;
  // What every system takes for a name.
  const plain = data.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '') || 'data';
  return [plain, ...state.hidden, 'step', step].join('-');
}

export function download(name: string, content: BlobPart, type = 'application/octet-stream'): void {
  const address = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // Some browsers begin to read it only later.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
