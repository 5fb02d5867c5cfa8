/**
 * Which changes of what a running case does (`patched` in workflows/) this worker knows and does not begin. A case that has
 * begun one goes on with it under every worker that knows it: so a release can be taken back, and begun again, without a
 * workflow task that fails.
 */
export interface HeldPatches {
  holds(patchId: string): boolean;
}

const ALL = 'all';

/** @param text ids of patches with commas between them, or `all`; nothing holds none */
export function heldPatches(text = ''): HeldPatches {
  const held = new Set(text.split(',').flatMap((one) => one.trim() || []));
  return { holds: (patchId) => held.has(ALL) || held.has(patchId) };
}
