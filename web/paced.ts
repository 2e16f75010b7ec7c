/** What changes with each frame, for parts of the page that cannot. */
import { type ReadonlySignal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';

/** A signal's value, at most once in so many milliseconds; the last one always. */
export function usePaced<T>(source: ReadonlySignal<T>, milliseconds: number): T {
  const [value, show] = useState<T>(() => source.peek());
  useEffect(() => {
    let at = -Infinity;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = source.subscribe(() => {
      if (timer !== undefined) return;
      timer = setTimeout(
        () => {
          [at, timer] = [performance.now(), undefined];
          show(() => source.peek());
        },
        Math.max(0, at + milliseconds - performance.now()),
      );
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [source, milliseconds]);
  return value;
}
