/** What browser suites stand on: the product, a browser, cases that a screen has to show, and people who come and look. */
import type { Browser } from 'playwright-core';
import { DESK, Visitor } from '../support/browser';
import { launchBrowser } from '../support/chromium';
import { type Reply, startSystem, type System } from '../support/system';
import { makeField, type MadeUpField } from './field';

/** A cold machine builds Temporal first. */
const READY_WITHIN_MS = 900_000;

/** There from a suite's first test to its last. */
export class Stage {
  system!: System;
  browser!: Browser;
  /** Only where it was asked for. */
  field!: MadeUpField;

  /** Somebody of the made-up accounts, signed in, on the page of that path. */
  async visit(username: string, path = '/', size = DESK, language = 'zh-CN'): Promise<Visitor> {
    const visitor = await Visitor.open(this.browser, this.system.url, size, language);
    await visitor.enter(this.system.account(username), path);
    return visitor;
  }

  /** A call of the API below /api/v1, in somebody's name. */
  readonly ask = <T>(
    method: string,
    path: string,
    as?: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Reply<T>> => this.system.ask<T>(method, `/api/v1${path}`, as, body, headers);
}

/** Sets a stage for the suite that calls it. @param withField with the cases of {@link makeField} on it */
export function onStage({ withField = false }: { withField?: boolean } = {}): Stage {
  const stage = new Stage();
  beforeAll(async () => {
    [stage.system, stage.browser] = await Promise.all([startSystem(), launchBrowser()]);
    if (withField) stage.field = await makeField(stage.system);
  }, READY_WITHIN_MS);
  afterAll(async () => {
    await stage.browser?.close();
    await stage.system?.close();
  });
  return stage;
}
