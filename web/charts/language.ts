/**
 * The browser's language, or English where that is none: a Chromium started under LANG=C says en-US@posix. uPlot asks the browser as it loads, and would
 * fail; so this comes before it.
 */
export const language = spoken();

function spoken(): string {
  try {
    return Intl.getCanonicalLocales(navigator.language)[0];
  } catch {
    Object.defineProperty(navigator, 'language', { value: 'en' });
    return 'en';
  }
}
