/**
 * Fields with their labels. A number counts when it is complete, on Enter or on leaving the field: each change begins the run anew, so none is taken
 * half typed. One that cannot be stays as typed, and the field says what would do.
 */
import { type ComponentChildren, type JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import '../styles/fields.css';
import { numberOf, type Range } from '../state.js';

/** Milliseconds between two changes while a slider moves. */
const SLIDER_PACE = 120;

interface NumberProps {
  label: ComponentChildren;
  /** The label as plain words, for the slider and the buttons. */
  words: string;
  name: string;
  value: number;
  range: Range;
  /** Values of a slider beside the field, ascending. */
  stops?: readonly number[];
  /** Buttons for one more and one less. */
  buttons?: boolean;
  /** A button for another number, whichever. */
  fresh?: boolean;
  note?: ComponentChildren;
  onCommit: (value: number) => void;
}

export function NumberField(props: NumberProps): JSX.Element {
  const { label, words, name, value, range, stops, buttons, fresh, note, onCommit } = props;
  const [draft, setDraft] = useState<string>();
  const [refused, setRefused] = useState(false);
  const sliding = useRef(false);
  useEffect(() => {
    if (sliding.current) return;
    setDraft(undefined);
    setRefused(false);
  }, [value]);
  const id = `field-${name}`;
  const text = draft ?? String(value);

  const revert = (): void => {
    setDraft(undefined);
    setRefused(false);
  };
  const commit = (): void => {
    const read = readNumber(text, range);
    if (read === undefined) {
      setRefused(true);
      return;
    }
    revert();
    if (read !== value) onCommit(read);
  };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <span class="entry">
        {buttons && <Nudge by={-1} {...props} />}
        <input
          id={id}
          name={name}
          type="number"
          min={range.low}
          max={range.high}
          step={range.whole ? 1 : 'any'}
          value={text}
          aria-invalid={refused}
          aria-describedby={`${id}-says`}
          onInput={({ currentTarget }) => {
            setDraft(currentTarget.value);
            if (readNumber(currentTarget.value, range) !== undefined) setRefused(false);
          }}
          onChange={commit}
          onKeyDown={({ key }) => {
            if (key === 'Escape') revert();
          }}
        />
        {buttons && <Nudge by={1} {...props} />}
        {fresh && (
          <button
            type="button"
            class="nudge"
            aria-label={`${words}: another`}
            title="Another seed"
            onClick={() => onCommit(value < range.high ? value + 1 : range.low)}
          >
            ↻
          </button>
        )}
      </span>
      {stops && (
        <Slider
          stops={stops}
          words={words}
          name={name}
          value={Number(text)}
          onMove={(moved) => {
            sliding.current = true;
            setRefused(false);
            setDraft(String(moved));
          }}
          onCommit={(moved, done) => {
            if (moved !== value) onCommit(moved);
            if (!done) return;
            sliding.current = false;
            setDraft(undefined);
          }}
        />
      )}
      <p class="note" id={`${id}-says`}>
        {refused && (
          <strong class="error" role="alert">
            Expected {range.whole ? 'a whole number' : 'a number'} from {range.low} to {range.high}
            {text !== '' && `, not ${text}`}. Still {value}.
          </strong>
        )}
        {note}
      </p>
    </div>
  );
}

function readNumber(text: string, range: Range): number | undefined {
  return text.trim() === '' ? undefined : numberOf(String(Number(text)), range);
}

/** Each moves the number by one; at the end of the range it stays in the order of the keys, and does nothing. */
function Nudge({ by, words, value, range, onCommit }: NumberProps & { by: 1 | -1 }): JSX.Element {
  const next = value + by;
  const possible = next >= range.low && next <= range.high;
  return (
    <button
      type="button"
      class="nudge"
      aria-label={`${words}: one ${by > 0 ? 'more' : 'less'}`}
      aria-disabled={!possible}
      onClick={() => {
        if (possible) onCommit(next);
      }}
    >
      {by > 0 ? '+' : '−'}
    </button>
  );
}

interface SliderProps {
  stops: readonly number[];
  words: string;
  name: string;
  value: number;
  onMove: (value: number) => void;
  /** At most once in SLIDER_PACE while it moves, and once it is let go. */
  onCommit: (value: number, done: boolean) => void;
}

function Slider({ stops, words, name, value, onMove, onCommit }: SliderProps): JSX.Element {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const place = useRef(0);
  // What the timer calls is that of the last rendering, which knows the last value.
  const latest = useRef(onCommit);
  latest.current = onCommit;
  useEffect(() => () => clearTimeout(timer.current), []);

  const found = stops.findIndex((stop) => stop >= value);
  const at = found < 0 ? stops.length - 1 : found;
  return (
    <input
      type="range"
      class="slider"
      aria-label={`${words}, slider`}
      data-slider={name}
      min={0}
      max={stops.length - 1}
      step={1}
      value={at}
      aria-valuetext={String(value)}
      onInput={({ currentTarget }) => {
        place.current = currentTarget.valueAsNumber;
        onMove(stops[place.current]);
        timer.current ??= setTimeout(() => {
          timer.current = undefined;
          latest.current(stops[place.current], false);
        }, SLIDER_PACE);
      }}
      onChange={({ currentTarget }) => {
        clearTimeout(timer.current);
        timer.current = undefined;
        onCommit(stops[currentTarget.valueAsNumber], true);
      }}
    />
  );
}

interface ChoiceProps<Name extends string> {
  label: ComponentChildren;
  name: string;
  value: Name;
  options: readonly (readonly [Name, string])[];
  /** Why there is nothing to choose. */
  disabled?: string | undefined;
  note?: ComponentChildren;
  onCommit: (value: Name) => void;
}

export function Choice<Name extends string>(props: ChoiceProps<Name>): JSX.Element {
  const { label, name, value, options, disabled, note, onCommit } = props;
  const id = `field-${name}`;
  return (
    <div class="field wide">
      <label for={id}>{label}</label>
      <select
        id={id}
        name={name}
        value={value}
        disabled={disabled !== undefined}
        aria-describedby={`${id}-says`}
        onChange={({ currentTarget }) => onCommit(currentTarget.value as Name)}
      >
        {options.map(([option, title]) => (
          <option key={option} value={option}>
            {title}
          </option>
        ))}
      </select>
      <p class="note" id={`${id}-says`}>
        {disabled ?? note}
      </p>
    </div>
  );
}
