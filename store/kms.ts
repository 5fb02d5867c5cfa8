/**
 * Who wraps children's data keys (密钥管理): keys of our own memory, or a key management service that never gives its key away.
 * A service is one more implementation of {@link Kms}; the vault knows no other way to a key-encryption key.
 */
import { decrypt, encrypt } from './vault-cipher';
import type { KeyRing } from './keys';

/** The key-encryption key that wrapped a child's key is not among those we were given. */
export class VaultKeyUnknown extends Error {
  override readonly name = 'VaultKeyUnknown';
  constructor(readonly kekId: string) {
    super(`no vault key with id ${kekId}: set the VAULT_KEY that was used when this was written`);
  }
}

export interface Wrapped {
  wrapped: Uint8Array<ArrayBuffer>;
  /** Which key-encryption key wrapped it. */
  kekId: string;
}

export interface Kms {
  /** Id of the key-encryption key that wraps from now on. */
  readonly current: string;
  /** @param context is authenticated with it: whose key it is */
  wrap(dataKey: Buffer, context: readonly string[]): Promise<Wrapped>;
  /**
   * @param id what to name when it fails
   * @throws VaultKeyUnknown, VaultSealBroken
   */
  unwrap(from: { wrapped: Uint8Array; kekId: string }, context: readonly string[], id: string): Promise<Buffer>;
}

/** Keys from file or environment, in the process's own memory; several are readable, the current one writes. */
export const localKms = (keys: KeyRing): Kms => {
  const kekOf = (kekId: string): Buffer => {
    const kek = keys.byId.get(kekId);
    if (!kek) throw new VaultKeyUnknown(kekId);
    return kek;
  };
  return {
    current: keys.current,
    wrap: async (dataKey, context) => ({
      wrapped: encrypt(kekOf(keys.current), dataKey, context),
      kekId: keys.current,
    }),
    unwrap: async ({ wrapped, kekId }, context, id) => decrypt(kekOf(kekId), wrapped, context, id),
  };
};
