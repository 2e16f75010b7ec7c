/**
 * The report, as the command line writes it, in a tree of its own: its style and that of the page do not mix, and its figures take the colours of the
 * page.
 */
import { type JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { type Report } from '../engine/own/report.js';
import { type Study } from '../study.js';

export function OwnReport({ study }: { study: Study }): JSX.Element | null {
  const report = study.report.value;
  if (!report) return null;
  return <Shown key={report.html} report={report} isStale={study.isStale.value} />;
}

function Shown({ report, isStale }: { report: Report; isStale: boolean }): JSX.Element {
  const head = useRef<HTMLHeadingElement>(null);
  const host = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const shadow = host.current!.shadowRoot ?? host.current!.attachShadow({ mode: 'open' });
    const { head: meta, body } = new DOMParser().parseFromString(report.html, 'text/html');
    const style = meta.querySelector('style')!;
    style.append(':host{display:block}main{padding:0;max-width:none}');
    // Main is the page around it.
    body.querySelector('main')?.setAttribute('role', 'none');
    shadow.replaceChildren(style, ...body.children);
  }, [report]);
  useEffect(() => {
    head.current!.focus({ preventScroll: true });
    head.current!.scrollIntoView({ block: 'start', behavior: 'smooth' });
  }, []);
  const name = report.subject.replace(/ on .*/, '').replace(/\.[^.]*$/, '');
  return (
    <section class="own-report" aria-labelledby="own-report-head">
      <div class="own-report-bar">
        <h2 id="own-report-head" ref={head} tabIndex={-1}>
          Report
        </h2>
        <Download text={report.html} type="text/html" name={`${name}-sharpness.html`}>
          Save the report
        </Download>
        <Download text={report.json} type="application/json" name={`${name}-sharpness.json`}>
          Save the numbers (JSON)
        </Download>
      </div>
      {isStale && (
        <p class="next" role="status">
          This report is of the files and choices before. Analyse again for those above.
        </p>
      )}
      <div ref={host} data-lower={String(report.lower)} data-upper={String(report.upper)} />
    </section>
  );
}

interface DownloadProps {
  text: string;
  type: string;
  name: string;
  children: string;
}

function Download({ text, type, name, children }: DownloadProps): JSX.Element {
  const link = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    const url = URL.createObjectURL(new Blob([text], { type }));
    link.current!.href = url;
    return () => URL.revokeObjectURL(url);
  }, [text, type]);
  return (
    <a class="button" ref={link} download={name}>
      {children}
    </a>
  );
}
