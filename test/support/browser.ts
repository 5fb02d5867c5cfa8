/** Hands and eyes in a browser: sign in, tap and count the taps, check that everybody can use what is shown. */
import { readFileSync } from 'node:fs';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import type { Account } from '../../sandbox/banner';

export const PHONE = { width: 390, height: 844 };
export const DESK = { width: 1366, height: 860 };

/** How long one thing on a page is waited for: a machine that does much else may need most of it. */
export const PATIENCE_MS = 60_000;
// A test here loads many pages. Whatever hangs is found by the wait that hangs, which knows what for.
jest.setTimeout(240_000);

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

interface AxeResult {
  violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[];
}

/** Somebody at a screen. */
export class Visitor {
  readonly errors: string[] = [];
  taps = 0;

  private constructor(
    readonly context: BrowserContext,
    readonly page: Page,
    readonly url: string,
  ) {
    page.on('console', (message) => {
      // What the network refuses is asked for on purpose here, and said on the page.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
        this.errors.push(message.text());
    });
    page.on('pageerror', (error) => this.errors.push(String(error)));
  }

  /** @param language chosen in the app before @param locale what the device itself asks for */
  static async open(
    browser: Browser,
    url: string,
    size = PHONE,
    language = 'zh-CN',
    locale = 'zh-CN',
  ): Promise<Visitor> {
    const phone = size.width < 700;
    const context = await browser.newContext({
      viewport: size,
      hasTouch: phone,
      timezoneId: 'Asia/Urumqi',
      locale,
    });
    // What the person has chosen before: a language, and no sound.
    await context.addInitScript(`
      if (localStorage.getItem('shouwang.language') === null) localStorage.setItem('shouwang.language', '${language}');
      localStorage.setItem('shouwang.sound', 'off');`);
    context.setDefaultTimeout(PATIENCE_MS);
    const page = await context.newPage();
    return new Visitor(context, page, url);
  }

  async go(path: string): Promise<void> {
    await this.page.goto(this.url + path);
  }

  async signIn({ username, password }: Account): Promise<void> {
    await this.go('/sign-in');
    await this.page.locator('input[name=username]').fill(username);
    await this.page.locator('input[name=password]').fill(password);
    await this.page.locator('button[type=submit]').click();
    await this.page.locator('nav').waitFor();
  }

  /**
   * Begins as somebody who has signed in on this device before, on a page: by the very requests of the form, whose own
   * pages are tested where they are the matter.
   */
  async enter({ username, password }: Account, path: string): Promise<void> {
    const { request } = this.context;
    const body = { headers: { origin: this.url }, data: { username, password } };
    const reply = await request.post(`${this.url}/api/auth/sign-in/username`, body);
    if (!reply.ok()) throw new Error(`${username} cannot sign in: ${reply.status()} ${await reply.text()}`);
    // Once: whoever signs out later stays out.
    await this.context.addInitScript(`
      if (sessionStorage.getItem('entered') === null) localStorage.setItem('shouwang.entered', 'yes');
      sessionStorage.setItem('entered', 'yes');`);
    await this.go(path);
  }

  /** One tap, counted. */
  async tap(target: Locator): Promise<void> {
    this.taps += 1;
    await target.click();
  }

  /** A tap into a field, and what is typed there. */
  async type(target: Locator, text: string): Promise<void> {
    this.taps += 1;
    await target.fill(text);
  }

  /** Findings of WCAG 2.2 A and AA on the page as it is, one line each; empty when there are none. */
  async findings(): Promise<string[]> {
    await this.page.evaluate(AXE);
    const { violations } = await this.page.evaluate<AxeResult>(`axe.run('body', {
      runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] },
    })`);
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
  }

  /** Does anything stand beyond the edge of the screen? */
  async overflows(): Promise<boolean> {
    return this.page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth + 1');
  }

  close(): Promise<void> {
    return this.context.close();
  }
}
