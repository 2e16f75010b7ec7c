/** The story that is open: its chapters, what to watch for, how far the run is, and what was seen. */
import { useComputed } from '@preact/signals';
import { type JSX } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { LambdaMax } from '../number.js';
import { type Playground } from '../playground.js';
import { chapterAt, follows, seen, stateOf } from '../stories.js';
import { type Chapter, type Course, type Story, upTo } from '../stories/chapter.js';

interface Props {
  playground: Playground;
  story: Story;
  chapter: Chapter;
}

export function OpenStory({ onClose, ...props }: Props & { onClose: () => void }): JSX.Element {
  const { playground, story, chapter } = props;
  const heading = useRef<HTMLHeadingElement>(null);
  // What was just opened is what one goes on from, with the charts below it in sight; not when the page comes with a story open.
  useEffect(() => {
    if (document.activeElement === document.body) return;
    heading.current?.focus({ preventScroll: true });
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    heading.current?.scrollIntoView({ block: 'start', behavior: still ? 'auto' : 'smooth' });
  }, []);
  return (
    <div class="story card" id="story" role="group" aria-labelledby="story-title">
      <header>
        <h2 id="story-title" tabIndex={-1} ref={heading}>
          {story.title}
        </h2>
        <ol class="chapters" aria-label="Chapters">
          {story.chapters.map((one, i) => (
            <li key={one.place}>
              <button
                type="button"
                aria-current={one === chapter ? 'step' : undefined}
                onClick={() => start(playground, one)}
              >
                <b>{i + 1}</b> {one.title}
              </button>
            </li>
          ))}
        </ol>
        <button type="button" class="close" aria-label="Close the story" onClick={onClose}>
          <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
            <path d="M3 3l10 10M13 3L3 13" />
          </svg>
        </button>
      </header>
      <div class="telling">
        <p class="text">
          <Words of={chapter.text} />
        </p>
        {follows(playground.state.value, chapter) ? <Telling {...props} /> : <Changed {...props} />}
      </div>
    </div>
  );
}

/** What is said while the run is the chapter's. */
function Telling({ playground, story, chapter }: Props): JSX.Element {
  // Where the next chapter has begun but has no frame yet, the frame is the last one of this.
  const over = useComputed(
    () => Math.min(playground.state.value.steps, playground.frame.value?.step ?? 0) >= chapter.steps,
  ).value;
  const next = story.chapters[story.chapters.indexOf(chapter) + 1] as Chapter | undefined;
  return (
    <div class="found">
      <Progress playground={playground} chapter={chapter} />
      <div role="status">{over && <Seen playground={playground} story={story} chapter={chapter} />}</div>
      <p class="go">
        {!over && !playground.playing.value && playground.heading.value === undefined && (
          <button type="button" class="primary" onClick={() => playground.playTo(chapter.steps)}>
            Play this chapter
          </button>
        )}
        {over && (
          <button type="button" onClick={() => start(playground, chapter)}>
            Again
          </button>
        )}
        {over && next && (
          <button type="button" class="primary" onClick={() => start(playground, next)}>
            Next: {next.title}
          </button>
        )}
      </p>
    </div>
  );
}

/** λ_max as it is set. */
function Words({ of }: { of: string }): JSX.Element {
  return (
    <>
      {of.split('λ_max').map((words, i) => (
        <>
          {i > 0 && <LambdaMax />}
          {words}
        </>
      ))}
    </>
  );
}

function Progress({ playground, chapter: { steps } }: Omit<Props, 'story'>): JSX.Element {
  const step = playground.frame.value?.step ?? 0;
  return (
    <p class="far note">
      <progress max={steps} value={Math.min(step, steps)} aria-label="How far the chapter is" />
      <span>
        {Math.min(step, steps)} of {steps} steps
      </span>
    </p>
  );
}

function Seen({ playground, story, chapter }: Props): JSX.Element {
  const kept = playground.kept.value;
  const sentences = useMemo(
    () =>
      seen(chapter, playground.history.peek(), (number) => keptOf(playground, story.chapters[number - 1])),
    [playground, story, chapter, kept],
  );
  return (
    <>
      <h3>What you saw</h3>
      <ul class="seen">
        {sentences.map((sentence) => (
          <li key={sentence}>
            <Words of={sentence} />
          </li>
        ))}
      </ul>
    </>
  );
}

function Changed({ playground, chapter }: Omit<Props, 'story'>): JSX.Element {
  return (
    <div class="found">
      <p role="status">You have changed what this chapter is about; the text no longer tells of this run.</p>
      <p class="go">
        <button type="button" class="primary" onClick={() => start(playground, chapter)}>
          Start the chapter again
        </button>
      </p>
    </div>
  );
}

/** Begins a chapter and plays it to its end. Chapters of the same story that were seen stay in the charts. */
export function start(playground: Playground, chapter: Chapter): void {
  void begin(playground, chapter);
}

async function begin(playground: Playground, chapter: Chapter): Promise<void> {
  const before = chapterAt(playground.state.peek().story);
  const { story } = chapterAt(chapter.place)!;
  if (before && before.chapter !== chapter && ran(playground, before.chapter)) {
    const again = keptRun(playground, before.chapter);
    if (again) playground.drop(again);
    playground.keep(before.chapter.title);
  }
  for (const kept of playground.kept.peek()) {
    const of = chapterAt(kept.state.story);
    if (of && (of.story !== story || of.chapter === chapter)) playground.drop(kept);
  }
  await playground.change({ ...stateOf(chapter), steps: 0 });
  // The same run as before does not begin anew by itself.
  if ((playground.frame.peek()?.step ?? 0) > 0) await playground.reset();
  if (playground.state.peek().story === chapter.place) playground.playTo(chapter.steps);
}

/** Whether the run on the page is the whole chapter. */
function ran(playground: Playground, chapter: Chapter): boolean {
  return follows(playground.state.peek(), chapter) && (playground.frame.peek()?.step ?? 0) >= chapter.steps;
}

function keptRun(
  playground: Playground,
  chapter: Chapter,
): ReturnType<Playground['kept']['peek']>[number] | undefined {
  return playground.kept.peek().find(({ state }) => state.story === chapter.place && follows(state, chapter));
}

function keptOf(playground: Playground, chapter: Chapter): Course | undefined {
  const course = keptRun(playground, chapter)?.history;
  return course && upTo(course, chapter.steps);
}
