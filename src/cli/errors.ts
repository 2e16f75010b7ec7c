/** The command line is not one this program understands. */
export class UsageError extends Error {}

/** A file is missing, or does not hold what it should. */
export class InputError extends Error {}

/** What was to be checked is not so. The message is for people; what machines read is printed already. */
export class CheckFailed extends Error {}

/** Ctrl-C (130), or SIGTERM (143). */
export class Interrupted extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}
