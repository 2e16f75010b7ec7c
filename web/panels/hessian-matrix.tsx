/** The matrix itself, split by layers: entry by entry, and what each pair of layers has of it. */
import { type JSX } from 'preact';
import { type MatrixFigures } from '../engine/hessian.js';
import { type Playground } from '../playground.js';
import { Card, Figure, Figures } from './hessian-card.js';
import { useLive } from './hessian-live.js';

const PACE = 1000;
/** Pixels from which on the two squares stand side by side, the most of one, and what is between them. */
const [PAIR, MOST, GAP] = [600, 420, 24];

export function MatrixCard({ playground }: { playground: Playground }): JSX.Element {
  const { box, result, busy, failure } = useLive<MatrixFigures>(
    playground,
    PACE,
    '',
    async (_frame, width) => {
      const snapshot = await playground.snapshot();
      const square = Math.min(MOST, width >= PAIR ? (width - GAP) / 2 : width);
      return snapshot && playground.side.call('matrix', snapshot, square);
    },
  );
  const total = result?.parameters.reduce((sum, count) => sum + count, 0);
  return (
    <Card
      name="matrix"
      heading="The matrix, layer by layer"
      step={result?.step}
      busy={busy}
      failure={failure}
    >
      <Figures box={box}>
        {(!result || result.picture !== undefined) && (
          <Figure
            svg={result?.picture}
            height={MOST}
            caption={
              <>
                Every second derivative, for {total ?? '…'} × {total ?? '…'} pairs of parameters. Blue is
                positive, magenta negative, the stronger the larger.
              </>
            }
          />
        )}
        <Figure
          svg={result?.blocks}
          height={MOST}
          caption="How much of the whole each pair of layers has: shares of the sum of all entries squared."
        />
        {result && <Words result={result} total={total!} />}
      </Figures>
    </Card>
  );
}

function Words({ result, total }: { result: MatrixFigures; total: number }): JSX.Element {
  const { parameters, picture } = result;
  return (
    <p class="note beside">
      {picture === undefined &&
        `A matrix of ${total} × ${total} is too large to be drawn here; the shares are exact all the same. `}
      {parameters.length === 1
        ? 'One layer: a linear model, whose Hessian has no other blocks.'
        : `Layers count from the inputs: ${parameters.map((count, l) => `layer ${l + 1} has ${count} parameters`).join(', ')}. Squares on the diagonal are layers with themselves; all others say how layers act on each other.`}
    </p>
  );
}
