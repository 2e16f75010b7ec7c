/** Formulas as the library's texts write them, λ_max and ‖H‖_F², as people read them. */
import { type JSX } from 'preact';

export function Formula({ text }: { text: string }): JSX.Element {
  const parts = text.split(/(λ|‖)_(max|min|F)/);
  // Text, what goes before the subscript, and the subscript, again and again.
  return <>{parts.map((part, i) => (i % 3 === 2 ? <sub key={i}>{part}</sub> : part))}</>;
}
