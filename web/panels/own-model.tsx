/** The page of one's own model: files in, what has to be said of them, what it will take, the report. */
import { type JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Study } from '../study.js';
import '../styles/model.css';
import { Files } from './own-files.js';
import { OwnPlan } from './own-plan.js';
import { Questions } from './own-questions.js';
import { OwnReport } from './own-report.js';

export function OwnModel(): JSX.Element {
  const [study] = useState(() => new Study());
  return (
    <div class="own">
      <div class="own-lead">
        <h1>Your model</h1>
        <p>
          How sharply does the loss curve around the weights that <em>you</em> trained? Give a network and its
          data: the report bounds the largest curvature, λ<sub>max</sub>, with a guarantee, and says what step
          size gradient descent can take there.
        </p>
      </div>
      <Files study={study} />
      <Questions study={study} />
      <OwnPlan study={study} />
      <p role="status" class="own-message">
        {study.message.value}
      </p>
      <OwnReport study={study} />
    </div>
  );
}
