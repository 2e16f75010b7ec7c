/** The page of Benchmarks. */
import { type JSX } from 'preact';

export function Benchmarks(): JSX.Element {
  return <h1>Benchmarks</h1>;
}
