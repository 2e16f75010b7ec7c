/** The page of Your model. */
import { type JSX } from 'preact';

export function OwnModel(): JSX.Element {
  return <h1>Your model</h1>;
}
