/** What the benchmarks measure, and how. */
import { type JSX } from 'preact';

export function Method(): JSX.Element {
  return (
    <section class="method">
      <h2>What is timed</h2>
      <dl>
        <dt>Gram matrix</dt>
        <dd>The products of every row of a matrix with every other: the sums the bound is made of.</dd>
        <dt>norm</dt>
        <dd>
          The length of a million numbers taken as one vector, with no overflow on the way. Memory is what
          limits it, so there is little to win.
        </dd>
        <dt>eigh</dt>
        <dd>All eigenvalues of a symmetric matrix, without and with their vectors.</dd>
        <dt>moments</dt>
        <dd>
          Mean and spread of the curvature of a network’s loss, exactly, without its Hessian: all that the
          bound needs. The numbers are the widths of the network and its samples N.
        </dd>
        <dt>Hessian</dt>
        <dd>Every second derivative of the loss, as a matrix.</dd>
        <dt>H·v</dt>
        <dd>The Hessian times a vector, without the Hessian: what closes the bracket for large networks.</dd>
      </dl>
      <h2>How</h2>
      <ul>
        <li>
          Both compute the result first, and it has to agree to ten digits. If it does not, nothing is timed
          and the row says so.
        </li>
        <li>
          Both are written with the same care and use the same methods. Neither uses more than one thread, and
          data go in and out as they would in use: copying counts.
        </li>
        <li>
          One contender after the other is run until it is warm, then over and over: 60 ms of it at least for
          the quick look, 300 ms for the thorough one, which also has larger matrices. What takes longer than
          0.4 s is run three times (once when quick).
        </li>
        <li>
          The number is the median, and ± the median distance from it. Browsers make their clocks coarse to
          hinder spying; short tasks are timed many at once, so that a step of the clock is 2 % of what is
          timed.
        </li>
        <li>
          Timings depend on what else the machine does, on heat and on battery. Run it twice before you
          believe it.
        </li>
      </ul>
      <p class="note">
        The same on the command line, without a browser: <code>npx hessbound bench</code>
      </p>
    </section>
  );
}
