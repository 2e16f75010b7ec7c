/**
 * One colour, one meaning, in every figure and on every page: what is guaranteed is green, what is exact amber, the threshold of
 * stability 2/η red, negative eigenvalues magenta and positive ones blue, as in the terminal's report. As text each has a contrast of
 * at least 4.5 : 1 on its background (WCAG AA), and shapes and words say the same as the colours.
 */

export interface Theme {
  page: string;
  card: string;
  ink: string;
  faint: string;
  rule: string;
  bound: string;
  exact: string;
  threshold: string;
  negative: string;
  positive: string;
}

export const LIGHT: Theme = {
  page: '#f6f7f9',
  card: '#ffffff',
  ink: '#1b242d',
  faint: '#55616d',
  rule: '#d9dee3',
  bound: '#17753f',
  exact: '#925900',
  threshold: '#b3261e',
  negative: '#9c2f8a',
  positive: '#0b6e99',
};

export const DARK: Theme = {
  page: '#0d1117',
  card: '#151b23',
  ink: '#e6edf3',
  faint: '#9aa7b4',
  rule: '#323b46',
  bound: '#7ddc9a',
  exact: '#f2c14e',
  threshold: '#ff9a8f',
  negative: '#e3a0e4',
  positive: '#74c6ee',
};

/** The variables --hb-…, dark where the reader's system is or an element above says data-theme="dark"; paper is white. */
export function paletteCss(): string {
  return `:root{color-scheme:light dark;${variables(LIGHT)}}
@media (prefers-color-scheme:dark){:root:not([data-theme=light]){${variables(DARK)}}}
:root[data-theme=dark]{${variables(DARK)}}
@media print{:root:root{color-scheme:light;${variables({ ...LIGHT, page: '#ffffff' })}}}`;
}

/** The classes that figures use; all of them inside svg.hb. */
export function figureCss(): string {
  const meanings = ['bound', 'exact', 'threshold', 'negative', 'positive', 'ink', 'faint'] as const;
  return `svg.hb{display:block;max-width:100%;height:auto;overflow:visible}
svg.hb text{font:13px system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif;font-variant-numeric:tabular-nums;fill:var(--hb-ink)}
svg.hb text.small{font-size:12px}svg.hb text.note{font-size:12px;fill:var(--hb-faint)}svg.hb text.strong{font-weight:600}svg.hb .sub{font-size:.72em}
svg.hb .rule{stroke:var(--hb-rule);stroke-width:1}svg.hb .axis{stroke:var(--hb-faint);stroke-width:1}
svg.hb .grid{stroke:var(--hb-rule);stroke-width:1;stroke-dasharray:2 3}
svg.hb .edge{stroke:var(--hb-ink);stroke-width:1;stroke-opacity:.55}svg.hb .frame{fill:none;stroke:var(--hb-faint)}
svg.hb .dots{fill:none;stroke-linecap:round;stroke-width:5}svg.hb .curve{fill:none;stroke-width:2;stroke-linejoin:round}
svg.hb .thin{stroke-width:1}svg.hb .curve.dashed{stroke-dasharray:6 4}svg.hb .curve.dotted{stroke-dasharray:1.5 4}
svg.hb .mark{stroke-width:2}svg.hb .mark.dashed{stroke-dasharray:5 3}svg.hb .wash{fill-opacity:.16}svg.hb .soft{fill-opacity:.45}
svg.hb .diamond{stroke:var(--hb-card);stroke-width:1}
svg.hb .ring{fill:var(--hb-card);stroke:var(--hb-ink);stroke-width:2}
${meanings
  .map(
    (name) =>
      `svg.hb .${name}{fill:var(--hb-${name})}svg.hb .mark.${name},svg.hb .curve.${name},svg.hb .dots.${name}{stroke:var(--hb-${name})}svg.hb .curve.${name},svg.hb .dots.${name}{fill:none}`,
  )
  .join('\n')}
svg.hb text.bound,svg.hb text.exact,svg.hb text.threshold{font-weight:600}`;
}

function variables(theme: Theme): string {
  return Object.entries(theme)
    .map(([name, value]) => `--hb-${name}:${value as string}`)
    .join(';');
}
