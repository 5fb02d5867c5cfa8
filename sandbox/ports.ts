import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import { readFileSync, writeFileSync } from 'node:fs';
import { portInUse, portNotAllowed } from './failures';

/** The only address that the sandbox listens on. */
export const LOOPBACK = '127.0.0.1';

/**
 * Where we look for free ports. Temporal stores its members' ports as smallint, so none may be above 32767; and above that
 * the system takes ports for outgoing connections, so that a remembered port might be gone at the next start.
 */
const RANGE = { from: 20_000, to: 32_700 };
const MOST_TRIES = 1_000;
/**
 * Each process looks in a part of the range first: a port that two have found free in the same moment is taken by one of
 * them. Processes that were started together have numbers that follow on one another, so their parts are different.
 */
const PARTS = 64;
const OWN_TRIES = 100;

function somePort(tries: number): number {
  if (tries > OWN_TRIES) return randomInt(RANGE.from, RANGE.to);
  const width = Math.floor((RANGE.to - RANGE.from) / PARTS);
  const from = RANGE.from + (process.pid % PARTS) * width;
  return randomInt(from, from + width);
}

/** Opens a listening socket. Rejects with the system's error (EADDRINUSE, EACCES). */
function listen(port: number, host: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host, exclusive: true }, () => resolve(server));
  });
}

const close = (server: Server): Promise<unknown> => new Promise((resolve) => server.close(resolve));

/** `count` different ports that are free now. All are held open together, so that none comes twice. */
export async function freePorts(count: number): Promise<number[]> {
  const held = new Map<number, Server>();
  try {
    for (let tries = 0; held.size < count; tries += 1) {
      const port = somePort(tries);
      if (held.has(port)) continue;
      try {
        held.set(port, await listen(port, LOOPBACK));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || tries > MOST_TRIES) throw error;
      }
    }
  } finally {
    await Promise.all([...held.values()].map(close));
  }
  return [...held.keys()];
}

async function isFree(port: number): Promise<boolean> {
  try {
    await close(await listen(port, LOOPBACK));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return false;
    throw error;
  }
}

/** Makes sure that the sandbox's own port can be opened. Throws PortInUse or PortNotAllowed. */
export async function claimPort(port: number, host: string): Promise<void> {
  try {
    await close(await listen(port, host));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') throw portInUse(host, port);
    if (code === 'EACCES') throw portNotAllowed(host, port);
    throw error;
  }
}

function readPorts(file: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch (error) {
    // Ports are only remembered for comfort: a lost or broken file costs nothing but new numbers.
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}

/**
 * Ports for the named servers, the same ones as at the last start where they are still free. Temporal keeps its members'
 * addresses in its database: with the old ports it does not wait for members that are gone.
 */
export async function rememberedPorts<Name extends string>(
  file: string,
  names: readonly Name[],
): Promise<Record<Name, number>> {
  const before = readPorts(file);
  const fresh = await freePorts(names.length);
  const entries = await Promise.all(
    names.map(async (name, index): Promise<[Name, number]> => {
      const old = before[name];
      const port = typeof old === 'number' && (await isFree(old)) ? old : fresh[index];
      if (port === undefined) throw new Error(`no free port for ${name}`);
      return [name, port];
    }),
  );
  const ports = Object.fromEntries(entries) as Record<Name, number>;
  writeFileSync(file, JSON.stringify(ports));
  return ports;
}
