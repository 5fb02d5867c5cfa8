import { CliFailure } from '../client';

/** One line of an export that is not taken in; what stands in it is not said, since it may be personal. */
export class LineRefused extends CliFailure {
  override readonly name = 'LineRefused';
  constructor(
    readonly file: string,
    /** From 1. */
    readonly line: number,
    zh: string,
    en: string,
    options?: ErrorOptions,
  ) {
    super(`${file} 第 ${line} 行${zh} · line ${line} ${en}`, options);
  }
}
