/** Sends a list as CSV or XLSX while it is read, page by page. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import type { ApiDeps } from '../deps';
import { unprocessable } from '../problem';
import { BOM, csvLine } from './cells';
import type { Line } from './names';
import { xlsxBytes } from './xlsx-stream';

/** Rows that a file has at most: what somebody still reads, and what a spreadsheet opens on an old machine. */
export const MOST_ROWS = 20_000;
const PAGE = 500;

export const FORMATS = ['csv', 'xlsx'] as const;
export type Format = (typeof FORMATS)[number];

const TYPES: Record<Format, string> = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

export interface PageAsked<Place> {
  after: Place | undefined;
  take: number;
}

export interface List<Row, Place> {
  /** Of the sheet and the file. */
  name: string;
  heading: Line;
  count(): Promise<number>;
  read(page: PageAsked<Place>): Promise<Row[]>;
  place(row: Row): Place;
  lines(rows: readonly Row[]): Promise<Line[]>;
}

/** A list that grows meanwhile ends where it would have. */
async function* pagesOf<Row, Place>({ read, place, lines }: List<Row, Place>): AsyncGenerator<Line[]> {
  let after: Place | undefined;
  for (let left = MOST_ROWS; left > 0;) {
    const rows = await read({ after, take: Math.min(PAGE, left) });
    if (rows.length > 0) yield await lines(rows);
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    left -= rows.length;
    after = place(last);
  }
}

async function* csvBytes(heading: Line, pages: AsyncIterable<Line[]>): AsyncGenerator<string> {
  yield BOM + csvLine(heading);
  for await (const page of pages) yield page.map(csvLine).join('');
}

/** @throws Problem 422 for more rows than a file has */
export function demandFit(count: number): void {
  if (count <= MOST_ROWS) return;
  const message = `the list has ${count} rows and a file at most ${MOST_ROWS}: narrow it down`;
  throw unprocessable([{ path: '', message }]);
}

/** Answers with a list as a file, written page by page. */
export async function sendList<Row, Place>(
  { log }: ApiDeps,
  req: Request,
  res: Response,
  { list, format }: { list: List<Row, Place>; format: Format },
): Promise<void> {
  const pages = pagesOf(list);
  // The first page before the head: is the database away, it is still an answer of its own.
  const first = await pages.next();
  async function* all(): AsyncGenerator<Line[]> {
    if (!first.done) yield first.value;
    yield* pages;
  }
  const bytes = format === 'csv' ? csvBytes(list.heading, all()) : xlsxBytes(list.name, list.heading, all());
  res.status(200).type(TYPES[format]).attachment(`${list.name}.${format}`);
  await pipeline(Readable.from(bytes, { objectMode: false }), res).catch((error: unknown) => {
    // Whoever is gone needs no answer; anything else was cut off and is named in the log.
    const failure = error instanceof Error ? error.name : 'unknown';
    if (!req.destroyed) log.error({ requestId: req.requestId, failure }, 'a list was cut off');
    res.destroy();
  });
}
