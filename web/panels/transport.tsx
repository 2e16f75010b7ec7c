/** Play, pause, step, reset, and how far the run is. */
import { type JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import '../styles/transport.css';
import { percent, Value } from '../number.js';
import { type Playground } from '../playground.js';

interface Props {
  playground: Playground;
}

export function Transport({ playground }: Props): JSX.Element {
  return (
    <section class="transport" aria-label="Training">
      <Keys playground={playground} />
      <Pace playground={playground} />
      <Progress playground={playground} />
      <Message playground={playground} />
    </section>
  );
}

function Message({ playground: { heading, message } }: Props): JSX.Element {
  const goal = heading.value;
  return (
    <p role="status" class="message" data-passing={goal === undefined ? undefined : ''}>
      {goal === undefined ? message.value : `Going to step ${goal} …`}
    </p>
  );
}

function Keys({ playground }: Props): JSX.Element {
  const playing = goesOn(playground);
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.key !== ' ' || event.ctrlKey || event.altKey || event.metaKey || taken(event.target)) return;
      event.preventDefault();
      toggle(playground);
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, [playground]);
  return (
    <div class="keys">
      <button
        type="button"
        class="primary"
        aria-keyshortcuts="Space"
        title="The space bar does the same"
        onClick={() => toggle(playground)}
      >
        <Sign path={playing ? 'M3 2h3.5v12H3ZM9.5 2H13v12H9.5Z' : 'M4 2l10 6-10 6Z'} />
        <span>{playing ? 'Pause' : 'Play'}</span>
      </button>
      <button type="button" title="Step" onClick={() => void playground.step()}>
        <Sign path="M3 2l7.5 6L3 14ZM11 2h2.5v12H11Z" />
        <span>Step</span>
      </button>
      <button type="button" title="Reset" onClick={() => void playground.reset()}>
        <Sign path="M8 2.5a5.5 5.5 0 1 1-5.3 4l1.9.5A3.5 3.5 0 1 0 8 4.5V7L3.5 3.5 8 0Z" />
        <span>Reset</span>
      </button>
    </div>
  );
}

function toggle(playground: Playground): void {
  if (goesOn(playground)) playground.pause();
  else playground.play();
}

function goesOn({ playing, heading }: Playground): boolean {
  return playing.value || heading.value !== undefined;
}

/** Whether what has the focus takes the space bar for itself. */
function taken(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest('a, button, input, select, summary, textarea, [contenteditable], [role=slider]') !== null
  );
}

function Sign({ path }: { path: string }): JSX.Element {
  return (
    <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
      <path d={path} />
    </svg>
  );
}

const PACES = [1, 2, 5, 10, 20, 50, 100];

function Pace({ playground }: Props): JSX.Element {
  const { every } = playground.state.value;
  const paces = PACES.includes(every) ? PACES : [...PACES, every].sort((a, b) => a - b);
  return (
    <label class="pace">
      <span>steps per frame</span>
      <select
        name="every"
        value={every}
        onChange={({ currentTarget }) => void playground.change({ every: Number(currentTarget.value) })}
      >
        {paces.map((pace) => (
          <option key={pace} value={pace}>
            × {pace}
          </option>
        ))}
      </select>
    </label>
  );
}

function Progress({ playground }: Props): JSX.Element {
  const frame = playground.frame.value;
  return (
    <dl class="progress">
      <div>
        <dt>step</dt>
        <dd data-name="step">
          <Value of={frame?.step} digits={7} />
        </dd>
      </div>
      <div>
        <dt>loss</dt>
        <dd data-name="loss">
          <Value of={frame?.loss} />
        </dd>
      </div>
      <div>
        <dt>accuracy</dt>
        <dd data-name="accuracy">
          <Value of={frame?.accuracy} show={percent} />
        </dd>
      </div>
    </dl>
  );
}
