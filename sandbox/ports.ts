import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { portInUse, portNotAllowed } from './failures';

/** The only address that the sandbox listens on. */
export const LOOPBACK = '127.0.0.1';

/**
 * Where we look for free ports. Temporal stores its members' ports as smallint, so none may be above 32767; and above that
 * the system takes ports for outgoing connections, so that a remembered port might be gone at the next start.
 */
const RANGE = { from: 20_000, to: 32_700 };
const MOST_TRIES = 1_000;
/** Opens a listening socket. Rejects with the system's error (EADDRINUSE, EACCES). */
function listen(port: number, host: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host, exclusive: true }, () => resolve(server));
  });
}

const close = (server: Server): Promise<unknown> => new Promise((resolve) => server.close(resolve));

/**
 * A port is free until whoever was given it opens it, which may be seconds later. Until then its name stands here, for every
 * process of this user, so that nobody else is given the same one.
 */
const PROMISED = join(tmpdir(), `shouwang-ports-${process.getuid?.() ?? 'user'}`);
const PROMISED_FOR_MS = 10 * 60_000;

const ageOf = (file: string): number => {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat === undefined ? Infinity : Date.now() - stat.mtimeMs;
};

/** Promises that are over are forgotten. */
function forgetOld(): void {
  mkdirSync(PROMISED, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(PROMISED)) {
    const file = join(PROMISED, name);
    if (ageOf(file) > PROMISED_FOR_MS) rmSync(file, { force: true });
  }
}

/** Promises a port; false when somebody else was promised it. */
function isPromised(port: number): boolean {
  try {
    writeFileSync(join(PROMISED, String(port)), '', { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** `count` different ports that are free now, and that nobody else is given in the next minutes. */
export async function freePorts(count: number): Promise<number[]> {
  forgetOld();
  const held = new Map<number, Server>();
  try {
    for (let tries = 0; held.size < count; tries += 1) {
      const port = randomInt(RANGE.from, RANGE.to);
      if (held.has(port)) continue;
      try {
        const server = await listen(port, LOOPBACK);
        if (isPromised(port)) held.set(port, server);
        else await close(server);
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
      // An old one as well: it is opened only when those before it have been.
      writeFileSync(join(PROMISED, String(port)), '');
      return [name, port];
    }),
  );
  const ports = Object.fromEntries(entries) as Record<Name, number>;
  writeFileSync(file, JSON.stringify(ports));
  return ports;
}
