/** Sealing for a receiver: they alone work the key out, and every change is noticed. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { keyFor, keyFrom, newRecipient, publicKeyOf, RecipientUnfit } from '../../../runtime/recipient';
import { isWhole, macOf, type Manifest } from '../../../store/exchange/manifest';
import { openLines, sealLines } from '../../../store/exchange/sealing';
import { VaultSealBroken } from '../../../store/vault';

test('the receiver works out the very key, and nobody else does', () => {
  const [receiver, other] = [newRecipient(), newRecipient()];
  const { key, ephemeral } = keyFor(receiver.publicKey);
  expect(publicKeyOf(receiver.privateKey)).toBe(receiver.publicKey);
  expect(keyFrom(receiver.privateKey, ephemeral)).toEqual(key);
  expect(keyFrom(other.privateKey, ephemeral)).not.toEqual(key);
  // Each export has a key of its own.
  expect(keyFor(receiver.publicKey).key).not.toEqual(key);
});

test('what is no key of a receiver is refused without being shown', () => {
  const wrong = ['', 'swpub1:', 'swpub1:abc', `swpub1:${randomBytes(33).toString('base64url')}`, 'secret words'];
  for (const text of wrong) {
    expect(() => keyFor(text)).toThrow(RecipientUnfit);
    if (text.length > 8) expect(() => keyFor(text)).not.toThrow(text);
  }
  const rsa = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  for (const pem of ['', 'no key', rsa]) expect(() => publicKeyOf(pem)).toThrow(RecipientUnfit);
});

test('a sealed field opens in its own place alone', () => {
  const key = randomBytes(32);
  const kind = { name: 'staff', table: 'staff', where: '', order: '', sealed: ['name'] };
  const [line] = sealLines(key, kind, [{ id: 'a', name: '陈立夏', role: 'supervisor' }]);
  if (!line) throw new Error('no line');
  expect(JSON.stringify(line)).not.toContain('陈立夏');
  expect(line).toMatchObject({ id: 'a', role: 'supervisor' });
  expect(openLines(key, kind, [line])).toEqual([{ id: 'a', name: '陈立夏', role: 'supervisor' }]);
  expect(() => openLines(randomBytes(32), kind, [line])).toThrow(VaultSealBroken);
  expect(() => openLines(key, kind, [{ ...line, id: 'b' }])).toThrow(VaultSealBroken);
  expect(() => openLines(key, { ...kind, name: 'contacts' }, [line])).toThrow(VaultSealBroken);
  expect(sealLines(key, kind, [{ id: 'a', name: null }])).toEqual([{ id: 'a', name: null }]);
});

test('a manifest in which anything was changed is not whole', () => {
  const key = randomBytes(32);
  const sha256 = 'a'.repeat(64);
  const said: Omit<Manifest, 'mac'> = {
    ...{ format: 'shouwang-station', version: 1, product: '0.1.0', madeAt: '2026-11-29T12:00:00+08:00' },
    station: { id: 'xinhua', name: '新华' },
    sealing: { recipient: 'r', ephemeral: 'e' },
    files: [{ name: 'cases.jsonl', lines: 1, bytes: 10, sha256 }],
    blobs: { files: 0, bytes: 0 },
  };
  const manifest = { ...said, mac: macOf(key, said) };
  expect(isWhole(key, manifest)).toBe(true);
  expect(isWhole(randomBytes(32), manifest)).toBe(false);
  expect(isWhole(key, { ...manifest, station: { id: 'donghu', name: '新华' } })).toBe(false);
  const [file] = said.files;
  if (!file) throw new Error('no file');
  expect(isWhole(key, { ...manifest, files: [{ ...file, sha256: 'b'.repeat(64) }] })).toBe(false);
});
