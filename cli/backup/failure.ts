import { CliFailure } from '../client';

/** Why a backup or a restore was not made, in Chinese and English. Nothing was changed. */
export class BackupFailure extends CliFailure {
  override readonly name: string;
  constructor(name: string, zh: string, en: string, cause?: unknown) {
    super(`${name}: ${zh} · ${en}`, { cause });
    this.name = name;
  }
}
