/** The canvas of the picture: drawn when something on it has changed and it can be seen, and asked by pointer or keys about its samples. */
import { type ReadonlySignal, type Signal } from '@preact/signals';
import { type JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { type Playground } from '../playground.js';
import { type Reading } from './answers.js';
import { theme } from './colours.js';
import { Drawing } from './drawing.js';
import { Tip } from './tip.js';

interface Props {
  playground: Playground;
  reading: ReadonlySignal<Reading | undefined>;
  /** The sample that is pointed at. */
  chosen: Signal<number | undefined>;
}

export function PictureCanvas({ playground, reading, chosen }: Props): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const drawing = useRef<Drawing | undefined>(undefined);
  useEffect(() => {
    drawing.current = new Drawing(canvas.current!);
    return keepDrawn(drawing.current, canvas.current!, playground, reading, chosen);
  }, [playground]);

  const point = (event: PointerEvent): void => {
    const { left, top } = canvas.current!.getBoundingClientRect();
    chosen.value = drawing.current?.sampleAt(event.clientX - left, event.clientY - top);
  };
  const key = (event: KeyboardEvent): void => {
    const count = playground.plane.value?.labels.length ?? 0;
    const steps: Record<string, number> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
    if (event.key === 'Escape') chosen.value = undefined;
    else if (Object.hasOwn(steps, event.key) && count > 0) {
      event.preventDefault();
      chosen.value = ((chosen.value ?? (steps[event.key] > 0 ? -1 : 0)) + steps[event.key] + count) % count;
    }
  };
  return (
    <div class="plane">
      <canvas
        ref={canvas}
        role="img"
        tabIndex={0}
        aria-label="The samples and the network’s answers around them; arrow keys go from sample to sample"
        aria-describedby="picture-summary"
        onPointerMove={point}
        onPointerDown={point}
        onPointerLeave={() => (chosen.value = undefined)}
        onKeyDown={key}
        onBlur={() => (chosen.value = undefined)}
      />
      <Tip
        playground={playground}
        reading={reading}
        chosen={chosen}
        place={(i) => drawing.current!.placeOf(i)}
      />
    </div>
  );
}

/** Draws at most once a frame of the browser, and only what can be seen. Gives what ends it. */
function keepDrawn(
  drawing: Drawing,
  canvas: HTMLCanvasElement,
  playground: Playground,
  reading: ReadonlySignal<Reading | undefined>,
  chosen: Signal<number | undefined>,
): () => void {
  let asked = 0;
  let seen = false;
  const draw = (): void => {
    asked = 0;
    const plane = playground.plane.peek();
    const side = canvas.clientWidth;
    if (!plane || !seen || side === 0) return;
    drawing.arrange(plane, theme.peek(), side, devicePixelRatio);
    const how = reading.peek();
    drawing.draw(playground.regions.peek(), playground.outputs.peek(), how, chosen.peek());
  };
  const ask = (): void => {
    if (asked === 0) asked = requestAnimationFrame(draw);
  };
  const changing = [playground.plane, playground.regions, reading, chosen, theme];
  const stops = changing.map((one) => one.subscribe(ask));
  const forget = playground.plane.subscribe(() => (chosen.value = undefined));
  const sizes = new ResizeObserver(ask);
  sizes.observe(canvas);
  const sight = new IntersectionObserver(([{ isIntersecting }]) => {
    seen = isIntersecting;
    playground.picture(seen);
    ask();
  });
  sight.observe(canvas);
  return () => {
    for (const stop of [...stops, forget]) stop();
    sizes.disconnect();
    sight.disconnect();
    cancelAnimationFrame(asked);
    playground.picture(false);
  };
}
