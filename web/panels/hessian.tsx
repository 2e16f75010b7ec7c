/** The spectrum, the loss along the sharpest directions, and the matrix. */
import { type JSX } from 'preact';
import '../styles/hessian.css';
import { LambdaMax } from '../number.js';
import { type Playground } from '../playground.js';
import { LandscapeCard } from './hessian-landscape.js';
import { MatrixCard } from './hessian-matrix.js';
import { SpectrumCard } from './hessian-spectrum.js';

export function HessianPanel({ playground }: { playground: Playground }): JSX.Element {
  return (
    <div class="hessian">
      <p class="lead">
        The Hessian is the matrix of all second derivatives of the loss: it says how the slope changes as the
        parameters move. Its eigenvalues are the curvatures along its own directions, and the largest of them,{' '}
        <LambdaMax />, is the sharpness.
      </p>
      <SpectrumCard playground={playground} />
      <LandscapeCard playground={playground} />
      <MatrixCard playground={playground} />
    </div>
  );
}
