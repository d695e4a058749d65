/** The steps of storing a batch, in their order, at any of which the process may die. */
export const SINK_STEPS = [
  'before-intent',
  'after-intent',
  'inserting',
  'after-insert',
  'before-dead-letter',
  'after-dead-letter',
  'after-commit',
] as const;

export type SinkStep = (typeof SINK_STEPS)[number];

/** Called at each step; a test that kills the process there stands behind it, in production nothing does. */
export type FaultPoint = (step: SinkStep) => void | Promise<void>;
