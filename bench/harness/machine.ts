import { execFileSync } from 'node:child_process';
import { arch, cpus, loadavg, release, totalmem } from 'node:os';
import { PROJECT } from '../../sandbox/config';

/** Where the figures come from: absolute ones mean nothing without it. */
export interface Machine {
  cpu: string;
  cores: number;
  memoryGb: number;
  system: string;
  node: string;
  /** Processes that wanted a core in the last minute before the run: others at work make figures worse. */
  loadBefore: number;
  /** The version that was measured; empty where there is no git. */
  commit: string;
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: PROJECT, encoding: 'utf8' }).trim();
  } catch (error) {
    // No git, or not a checkout: the figures stand without it.
    if (error instanceof Error) return '';
    throw error;
  }
}

/** The facts of this machine at this moment. */
export function machineFacts(): Machine {
  const all = cpus();
  return {
    cpu: all[0]?.model.trim() ?? 'unknown',
    cores: all.length,
    memoryGb: Math.round(totalmem() / 1e9),
    system: `${process.platform} ${release()} ${arch()}`,
    node: process.versions.node,
    loadBefore: Number((loadavg()[0] ?? 0).toFixed(1)),
    commit: commit(),
  };
}
