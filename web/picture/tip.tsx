/** What is known of the sample that is pointed at: its class, the network's answer, and its picture if it is one. */
import { type ReadonlySignal, type Signal } from '@preact/signals';
import { type JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { readable } from '../number.js';
import { type Playground } from '../playground.js';
import { answerOf, type Reading } from './answers.js';
import { theme } from './colours.js';

interface Props {
  playground: Playground;
  reading: ReadonlySignal<Reading | undefined>;
  chosen: Signal<number | undefined>;
  /** Of a sample, from the top left. */
  place: (i: number) => [number, number];
}

export function Tip({ playground, reading, chosen, place }: Props): JSX.Element {
  const plane = playground.plane.value;
  const i = chosen.value;
  const known = plane && i !== undefined && i < plane.labels.length;
  return (
    <div role="status" class="tip-holder">
      {known && (
        <div class="tip card" style={besides(place(i), plane.pixels !== undefined)}>
          {plane.pixels && <Pixels pixels={plane.pixels.subarray(64 * i, 64 * (i + 1))} />}
          <Words playground={playground} how={reading.value} i={i} />
        </div>
      )}
    </div>
  );
}

/** In the quarter of the picture where there is room. */
function besides([x, y]: [number, number], tall: boolean): Record<string, string> {
  const gap = 14;
  const above = tall ? y > 130 : y > 80;
  return {
    left: `${x}px`,
    top: `${above ? y - gap : y + gap}px`,
    transform: `translate(clamp(${-x}px, -50%, calc(var(--side) - ${x}px - 100%)), ${above ? '-100%' : '0'})`,
  };
}

function Words({
  playground,
  how,
  i,
}: {
  playground: Playground;
  how: Reading | undefined;
  i: number;
}): JSX.Element {
  const { labels, classes, units } = playground.plane.value!;
  const outputs = playground.outputs.value;
  if (classes.length === 0) {
    const told = (value: number): string => readable(units.mean + units.scale * value, 3);
    return (
      <p>
        Sample {i + 1}: <strong>{told(labels[i])}</strong>
        <br />
        {outputs && `network: ${told(outputs[i])}`}
      </p>
    );
  }
  const answer = how && outputs && answerOf(outputs, i, how);
  return (
    <p>
      Sample {i + 1}: <strong>{classes[labels[i]]}</strong>
      <br />
      {answer &&
        `network: ${classes[answer.class]}, ${Math.round(100 * answer.certainty)} % sure (${answer.class === labels[i] ? 'right' : 'wrong'})`}
    </p>
  );
}

/** 8 × 8. */
function Pixels({ pixels }: { pixels: Float64Array }): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { ink } = theme.value;
  useEffect(() => {
    const context = canvas.current!.getContext('2d')!;
    context.clearRect(0, 0, 8, 8);
    context.fillStyle = ink;
    pixels.forEach((darkness, k) => {
      context.globalAlpha = darkness;
      context.fillRect(k % 8, Math.floor(k / 8), 1, 1);
    });
  }, [pixels, ink]);
  return <canvas ref={canvas} class="pixels" width={8} height={8} aria-hidden="true" />;
}
