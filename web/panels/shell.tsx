/** What all pages have: the way past the head, the head with the way between them, and the foot. */
import { type ComponentChildren, type JSX } from 'preact';
import '../styles/layout.css';
import { chooseTheme, theme, THEMES } from '../theme.js';

const PAGES = { index: 'Playground', model: 'Your model', benchmarks: 'Benchmarks' } as const;

export function Shell({
  page,
  children,
}: {
  page: keyof typeof PAGES;
  children: ComponentChildren;
}): JSX.Element {
  return (
    <>
      <a class="skip" href="#main" onClick={toMain}>
        Skip to the content
      </a>
      <header class="head">
        <a class="brand" href="./index.html">
          <Mark />
          hessbound
        </a>
        <nav aria-label="Pages">
          {Object.entries(PAGES).map(([name, title]) => (
            <a key={name} href={`./${name}.html`} aria-current={name === page ? 'page' : undefined}>
              {title}
            </a>
          ))}
        </nav>
        <ThemeSwitch />
      </header>
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      <footer class="foot">
        <p>
          hessbound bounds the sharpness of a neural network’s loss: the largest eigenvalue of its Hessian,
          the matrix of second derivatives. What it calls a bound is never on the wrong side, rounding
          included.
        </p>
        <p>
          Everything here is computed in this browser; nothing is sent anywhere. Version{' '}
          {import.meta.env.VERSION}.
        </p>
      </footer>
    </>
  );
}

/** The part of the URL after # is the state of the run: the link must not replace it. */
function toMain(event: Event): void {
  event.preventDefault();
  const main = document.getElementById('main')!;
  main.focus();
  main.scrollIntoView();
}

/** A bowl, and a ball where it rests. */
function Mark(): JSX.Element {
  return (
    <svg class="mark" viewBox="0 0 16 16" width="24" height="24" aria-hidden="true">
      <path d="M2 3c3 12 9 12 12 0" fill="none" stroke="var(--hb-bound)" stroke-width="2.25" />
      <circle cx="8" cy="11" r="2.2" fill="var(--hb-exact)" />
    </svg>
  );
}

const SIGNS: Record<(typeof THEMES)[number], JSX.Element> = {
  auto: <path d="M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2Zm0 1.5v9a4.5 4.5 0 0 1 0-9Z" />,
  light: (
    <path d="M8 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6Zm-.6-4h1.2v2.4H7.4V1Zm0 11.6h1.2V15H7.4v-2.4ZM1 7.4h2.4v1.2H1V7.4Zm11.6 0H15v1.2h-2.4V7.4ZM2.6 3.5l.9-.9 1.7 1.7-.9.9-1.7-1.7Zm8.2 8.2.9-.9 1.7 1.7-.9.9-1.7-1.7Zm0-7.4 1.7-1.7.9.9-1.7 1.7-.9-.9Zm-8.2 8.2 1.7-1.7.9.9-1.7 1.7-.9-.9Z" />
  ),
  dark: <path d="M6.2 1.8a6.4 6.4 0 1 0 8 8A5.4 5.4 0 0 1 6.2 1.8Z" />,
};

function ThemeSwitch(): JSX.Element {
  return (
    <fieldset class="theme">
      <legend class="unseen">Colours</legend>
      {THEMES.map((name) => (
        <label key={name} title={name === 'auto' ? 'Colours as the system has them' : `Always ${name}`}>
          <input
            type="radio"
            name="theme"
            value={name}
            checked={name === theme.value}
            onChange={() => chooseTheme(name)}
          />
          <svg viewBox="0 0 16 16" width="16" height="16" fill="currentColor" aria-hidden="true">
            {SIGNS[name]}
          </svg>
          <span class="unseen">{name}</span>
        </label>
      ))}
    </fieldset>
  );
}
