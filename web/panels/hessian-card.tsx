/** What the cards of the Hessian tab have in common: a heading, which step they are of, and figures that the Worker drew. */
import { type ComponentChildren, type JSX, type RefObject } from 'preact';
import { Value } from '../number.js';

interface Props {
  /** For tests and styles. */
  name: string;
  heading: ComponentChildren;
  /** Of the figures. */
  step: number | undefined;
  busy: boolean;
  failure: string | undefined;
  /** Beside the heading. */
  tools?: ComponentChildren;
  children: ComponentChildren;
}

export function Card({ name, heading, step, busy, failure, tools, children }: Props): JSX.Element {
  return (
    <section class={`card of-${name}`} aria-labelledby={`${name}-head`} aria-busy={busy}>
      <div class="top">
        <h2 id={`${name}-head`}>{heading}</h2>
        {tools}
        <p class="note when">
          <span class={busy ? 'busy' : 'busy idle'}>computing…</span>
          step{' '}
          <span data-name={`${name}-step`}>
            <Value of={step} digits={7} />
          </span>
        </p>
      </div>
      {failure !== undefined && <p role="alert">{failure}</p>}
      {children}
    </section>
  );
}

interface FigureProps {
  svg: string | undefined;
  /** Pixels that are kept free for it. */
  height: number;
  caption?: ComponentChildren;
}

/** Our own markup, in which everything from outside is escaped (src/views/svg.ts). */
export function Figure({ svg, height, caption }: FigureProps): JSX.Element {
  return (
    <figure>
      <div
        class="drawing"
        style={svg === undefined ? { minHeight: `min(${height}px, 100cqi)` } : {}}
        dangerouslySetInnerHTML={{ __html: svg ?? '' }}
      />
      {caption !== undefined && <figcaption>{caption}</figcaption>}
    </figure>
  );
}

export function Figures({
  box,
  children,
}: {
  box: RefObject<HTMLDivElement | null>;
  children: ComponentChildren;
}): JSX.Element {
  return (
    <div class="figures" ref={box}>
      {children}
    </div>
  );
}
