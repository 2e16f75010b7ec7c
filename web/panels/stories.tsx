/** Runs worth seeing, each with a few sentences: a strip of cards, and below it the story that is open. */
import { type JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { type Playground } from '../playground.js';
import { chapterAt, STORIES } from '../stories.js';
import { type Story } from '../stories/chapter.js';
import '../styles/stories.css';
import { OpenStory, start } from './story.js';

export function Stories({ playground }: { playground: Playground }): JSX.Element {
  const open = chapterAt(playground.state.value.story);
  const strip = useRef<HTMLUListElement>(null);
  // A link may open a card that is out of sight on a phone; the page itself stays where it is.
  useEffect(() => {
    const card = strip.current?.querySelector<HTMLElement>('[aria-expanded=true]');
    if (card && strip.current) strip.current.scrollLeft = card.offsetLeft - strip.current.offsetLeft - 24;
  }, [open?.story]);
  const close = (): void => {
    void playground.change({ story: '' });
    strip.current?.querySelector<HTMLElement>('[aria-expanded=true]')?.focus();
  };
  return (
    <section class="stories" aria-label="Stories">
      <ul ref={strip}>
        {STORIES.map((story) => (
          <li key={story.title}>
            <Card
              story={story}
              open={story === open?.story}
              onClick={() => (story === open?.story ? close() : start(playground, story.chapters[0]))}
            />
          </li>
        ))}
      </ul>
      {open && <OpenStory key={open.story.title} playground={playground} {...open} onClose={close} />}
    </section>
  );
}

interface CardProps {
  story: Story;
  open: boolean;
  onClick: () => void;
}

function Card({ story: { title, teaser, mark }, open, onClick }: CardProps): JSX.Element {
  return (
    <button
      type="button"
      class="story-card"
      aria-expanded={open}
      aria-controls={open ? 'story' : undefined}
      onClick={onClick}
      title={teaser}
    >
      <svg viewBox="0 0 40 24" width="40" height="24" aria-hidden="true">
        {mark.map(({ of, path }) => (
          <path key={path} class={of} d={path} />
        ))}
      </svg>
      <strong>{title}</strong>
      <span class="note teaser">{teaser}</span>
    </button>
  );
}
