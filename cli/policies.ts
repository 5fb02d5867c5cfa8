/** The policy that a case of a running system keeps: from the folder here, or, published there since, asked of the system. */
import { z } from 'zod';
import type { Policy } from '../domain/policy';
import { loadPolicies, policyOf, PolicyUnknown } from '../store/policies';
import { type Client, Refused } from './client';

const Answer = z.object({ files: z.object({ base: z.string(), types: z.record(z.string(), z.string()) }) });

/** @throws PolicyInvalid; PolicyUnknown where neither has it */
export async function policyFor(client: Client, dir: string, version: string): Promise<Policy> {
  try {
    return loadPolicies(dir).byVersion(version);
  } catch (error) {
    if (!(error instanceof PolicyUnknown)) throw error;
    const path = `/api/v1/policies/files?version=${encodeURIComponent(version)}`;
    try {
      return policyOf((await client.ask('GET', path, Answer)).files);
    } catch (cause) {
      // The system does not know it either, or is older than this question: then it is the folder that lacks it.
      if (cause instanceof Refused) throw error;
      throw cause;
    }
  }
}
