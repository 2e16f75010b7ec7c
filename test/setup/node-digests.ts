/**
 * Global setup of the whole run. It executes in Node, so what it provides are Node's digests, in whichever project a
 * test asks: `inject('nodeDigests')` in the browser is the other engine's answer to the same question.
 */
import type { TestProject } from 'vitest/node';
import { engineDigests } from './digests.js';

declare module 'vitest' {
  interface ProvidedContext {
    nodeDigests: Record<string, string>;
  }
}

export default function setup(project: TestProject): void {
  project.provide('nodeDigests', engineDigests());
}
