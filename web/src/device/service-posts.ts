/** A service record and its evidence on their way (服务记录与佐证照片): put in together, put right, or taken out together. */
import type { ServiceBody } from '../api/types';
import { type Post, postFromField, postsSnapshot, type Proof, removePost, rewrite } from './posts';

export const isProof = (post: Post): post is Post & Proof => post.kind === 'proof';

/** Evidence that waits for this record, which is on the device still. */
export const proofsWith = (posts: readonly Post[], id: string): (Post & Proof)[] =>
  posts.filter(isProof).filter(({ of }) => of === id);

/** Evidence of a record that the station has. */
export const postProofs = async (staffId: string, files: readonly File[], owner: Pick<Proof, 'of' | 'serviceId'>) => {
  for (const file of files)
    await postFromField(staffId, { kind: 'proof', name: file.name, type: file.type, ...owner }, file);
};

/** @param instead the post of a record that the station did not take: this one has its evidence then @returns the post */
export async function postService(
  staffId: string,
  body: ServiceBody,
  files: readonly File[],
  instead?: string,
): Promise<string> {
  const id = await postFromField(staffId, { kind: 'service', body });
  await postProofs(staffId, files, { of: id });
  if (instead !== undefined) {
    for (const one of proofsWith(postsSnapshot(), instead)) await rewrite(staffId, { ...one, of: id });
    await removePost(instead);
  }
  return id;
}

/** Takes a record off the device, and its evidence with it. */
export async function dropService(id: string): Promise<void> {
  for (const one of proofsWith(postsSnapshot(), id)) await removePost(one.id);
  await removePost(id);
}
