/** A module of Node's, where there is a Node: by a name and not a literal, which a bundler for browsers would try to resolve. */
export function importFromNode(module: 'worker_threads' | 'os' | 'fs/promises'): Promise<unknown> {
  const name = `node:${module}`;
  return import(/* @vite-ignore */ /* webpackIgnore: true */ name);
}
