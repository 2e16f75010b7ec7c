/** What all pages have: the head with the way between them. */
import { type ComponentChildren, type JSX } from 'preact';

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
      <header class="head">
        <a class="brand" href="./index.html">
          hessbound
        </a>
        <nav aria-label="Pages">
          {Object.entries(PAGES).map(([name, title]) => (
            <a key={name} href={`./${name}.html`} aria-current={name === page ? 'page' : undefined}>
              {title}
            </a>
          ))}
        </nav>
      </header>
      <main>{children}</main>
    </>
  );
}
