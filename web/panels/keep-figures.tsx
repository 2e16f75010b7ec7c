/** Figures of this run as files: SVG for print and for editing, PNG for everything else. */
import { useSignal } from '@preact/signals';
import { type JSX } from 'preact';
import { course } from '../../src/views/course.js';
import { download } from '../keep/files.js';
import { pictureOf, pngOf, standalone, THEMES } from '../keep/figures.js';
import { dark } from '../theme.js';
import { readable } from '../number.js';
import { type Playground } from '../playground.js';
import { Said, saved, useFiles } from './keep-work.js';

/** Pixels: what fits a column of print. */
const [WIDE, SQUARE] = [720, 480];

/** What can be drawn; each as one or several SVG. */
const FIGURES = ['sharpness', 'spectrum', 'scree', 'matrix', 'blocks', 'slices', 'landscape'] as const;
type FigureName = (typeof FIGURES)[number];
const TITLES: Record<FigureName, string> = {
  sharpness: 'Sharpness over the steps',
  spectrum: 'Histogram of the eigenvalues',
  scree: 'Eigenvalues one by one',
  matrix: 'The Hessian',
  blocks: 'Its shares by layers',
  slices: 'Loss along two directions',
  landscape: 'Loss as a map',
};

export function KeepFigures({ playground }: { playground: Playground }): JSX.Element {
  const files = useFiles(playground);
  const colours = useSignal<keyof typeof THEMES>(dark.value ? 'dark' : 'light');
  const chosen = useSignal<FigureName>('sharpness');

  const save = (ending: 'svg' | 'png'): Promise<void> =>
    files.work(async () => {
      const svg = standalone(await drawn(playground, chosen.value), THEMES[colours.value]);
      const name = files.name(`-${chosen.value}.${ending}`);
      if (ending === 'svg') download(name, svg, 'image/svg+xml');
      else download(name, await pngOf(svg), 'image/png');
      return saved(name);
    });
  const savePicture = (): Promise<void> =>
    files.work(async () => {
      const canvas = document.querySelector<HTMLCanvasElement>('.picture canvas');
      if (!canvas) throw new Error('there is no picture of the data yet');
      const name = files.name('-data.png');
      download(name, await pictureOf(canvas), 'image/png');
      return saved(name);
    });
  return (
    <section aria-labelledby="keep-figures">
      <h3 id="keep-figures">Figures</h3>
      <p class="row">
        <label>
          <span class="note">Figure</span>
          <select
            value={chosen.value}
            onChange={({ currentTarget }) => (chosen.value = FIGURES[currentTarget.selectedIndex])}
          >
            {FIGURES.map((name) => (
              <option key={name} value={name}>
                {TITLES[name]}
              </option>
            ))}
          </select>
        </label>
        <label>
          <span class="note">Colours</span>
          <select
            value={colours.value}
            onChange={({ currentTarget }) =>
              (colours.value = currentTarget.selectedIndex === 0 ? 'light' : 'dark')
            }
          >
            <option value="light">on white</option>
            <option value="dark">on black</option>
          </select>
        </label>
        <button disabled={files.busy} onClick={() => void save('svg')}>
          Save as SVG
        </button>
        <button disabled={files.busy} onClick={() => void save('png')}>
          Save as PNG
        </button>
      </p>
      <p class="row">
        <button disabled={files.busy} onClick={() => void savePicture()}>
          Save the picture of the data
        </button>
      </p>
      <Said files={files} />
    </section>
  );
}

async function drawn(playground: Playground, name: FigureName): Promise<string> {
  if (name === 'sharpness') return sharpness(playground);
  const snapshot = await playground.snapshot();
  const frame = playground.frame.peek();
  if (!snapshot || frame?.step !== snapshot.step) throw new Error('there is nothing to draw yet');
  const { learningRate, scale, zoom } = playground.state.peek();
  const { side } = playground;
  if (name === 'spectrum' || name === 'scree') {
    const { values, lower, upper, bound, stability } = frame;
    const marks = { lower, upper, bound, ...(stability !== undefined && { stability }) };
    const figures = values
      ? await side.call('spectrum', values, marks, scale, WIDE)
      : await side.call('estimatedSpectrum', snapshot, marks, scale, WIDE);
    return known(name === 'spectrum' ? figures.histogram : figures.scree);
  }
  if (name === 'matrix' || name === 'blocks') {
    const { picture, blocks } = await side.call('matrix', snapshot, SQUARE);
    return known(name === 'matrix' ? picture : blocks);
  }
  const { slices, map } = await side.call('landscape', snapshot, { learningRate, zoom }, [WIDE, SQUARE]);
  return known(name === 'slices' ? slices : map);
}

/** @throws Error for what is too large to be drawn */
function known(svg: string | undefined): string {
  if (svg === undefined) throw new Error('this network is too large for this figure');
  return svg;
}

function sharpness({ history, kept }: Playground): string {
  const points = history.peek();
  const last = points.at(-1);
  if (!last) throw new Error('there is nothing to draw yet');
  const runs = kept.peek().map(({ name, history: before }) => ({ name, points: before }));
  const title = 'Sharpness over the steps';
  const description = `At step ${last.step} from ${readable(last.lower, 4, 'below')} to ${readable(last.upper, 4, 'above')}.`;
  return course({ title, description, points, ...(runs.length > 0 && { kept: runs }) }, WIDE);
}
