/** The command line is not one this program understands. */
export class UsageError extends Error {}

/** A file is missing, or does not hold what it should. */
export class InputError extends Error {}

/** Ctrl-C. */
export class Interrupted extends Error {}
