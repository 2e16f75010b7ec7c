/** A figure of src/views as wide as its place on the page. */
import { useSignal } from '@preact/signals';
import { type JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

interface Props {
  /** An SVG so many pixels wide. */
  draw: (width: number) => string;
  /** No narrower than this: the rest scrolls. */
  least?: number;
}

export function Figure({ draw, least = 280 }: Props): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  const width = useSignal(0);
  useEffect(() => {
    const observer = new ResizeObserver(([{ contentRect }]) => (width.value = Math.floor(contentRect.width)));
    observer.observe(place.current!);
    return () => observer.disconnect();
  }, []);
  // What src/views writes is escaped there.
  const svg = width.value > 0 ? draw(Math.max(least, width.value)) : '';
  return <div ref={place} class="drawn" dangerouslySetInnerHTML={{ __html: svg }} />;
}
