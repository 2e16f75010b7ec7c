/** What this machine does in WebAssembly and in plain JavaScript. */
import { render } from 'preact';
import '../styles/base.css';
import { Benchmarks } from '../panels/benchmarks.js';
import { Shell } from '../panels/shell.js';

render(
  <Shell page="benchmarks">
    <Benchmarks />
  </Shell>,
  document.getElementById('app')!,
);
