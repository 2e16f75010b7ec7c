/** A visitor's own model. */
import { render } from 'preact';
import '../styles/base.css';
import { Shell } from '../panels/shell.js';
import { OwnModel } from '../panels/own-model.js';

render(
  <Shell page="model">
    <OwnModel />
  </Shell>,
  document.getElementById('app')!,
);
