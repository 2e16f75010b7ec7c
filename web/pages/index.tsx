/** The playground. */
import { render, type JSX } from 'preact';
import '../styles/base.css';
import { View } from '../charts/view.js';
import { Curves, Sharpness } from '../panels/charts.js';
import { Controls } from '../panels/controls.js';
import { DropZone } from '../panels/drop-zone.js';
import { HessianPanel } from '../panels/hessian.js';
import { Ingredients } from '../panels/ingredients.js';
import { Intro } from '../panels/intro.js';
import { Keep } from '../panels/keep.js';
import { Picture } from '../panels/picture.js';
import { Readings } from '../panels/readings.js';
import { Stories } from '../panels/stories.js';
import { Tabs } from '../panels/tabs.js';
import { Transport } from '../panels/transport.js';
import { Shell } from '../panels/shell.js';
import { Playground } from '../playground.js';

const playground = new Playground();
const view = new View(playground);
void playground.open(location.hash);
addEventListener('hashchange', () => void playground.open(location.hash));
render(<Page />, document.getElementById('app')!);

function Page(): JSX.Element {
  return (
    <Shell page="index">
      <DropZone playground={playground} />
      <Intro playground={playground} />
      <Stories playground={playground} />
      <Transport playground={playground} />
      <div class="bench">
        <div class="stage">
          <Readings playground={playground} />
          <div class="sight">
            <Picture playground={playground} />
            <Sharpness playground={playground} view={view} />
            <Curves playground={playground} view={view} />
          </div>
        </div>
        <Controls playground={playground} />
        <Tabs
          playground={playground}
          views={{
            hessian: { title: 'The Hessian', body: () => <HessianPanel playground={playground} /> },
            ingredients: { title: 'Three ingredients', body: () => <Ingredients playground={playground} /> },
            keep: { title: 'Share and keep', body: () => <Keep playground={playground} /> },
          }}
        />
      </div>
    </Shell>
  );
}
