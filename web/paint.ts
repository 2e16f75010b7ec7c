/** When the browser has drawn; a page in the background draws nothing, and goes on at its timers' pace. */
export function nextPaint(): Promise<void> {
  return new Promise((resolve) => {
    if (document.hidden) setTimeout(resolve);
    else requestAnimationFrame(() => resolve());
  });
}
