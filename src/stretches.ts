/** Where in the whole progress of a method its stages begin and end, and under which names. */
import { type Steps, within } from './core/job.js';

/**
 * Gives the steps of each stage its stretch of the way, in the order and in proportion to the costs. A stage of cost 0 moves
 * progress no further, and is not named.
 */
export function stretches<Stage extends string>(
  costs: Readonly<Record<Stage, number>>,
): <Result>(stage: Stage, steps: Steps<Result>) => Steps<Result> {
  const stages = Object.entries<number>(costs);
  const sum = (count: number): number => stages.slice(0, count).reduce((total, [, cost]) => total + cost, 0);
  const all = sum(stages.length);
  return (stage, steps) => {
    const at = stages.findIndex(([name]) => name === stage);
    return within(sum(at) / all, sum(at + 1) / all, steps, costs[stage] > 0 ? stage : undefined);
  };
}
