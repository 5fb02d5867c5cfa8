/** A browser as far as cookies go: it sends back what was set, from its own page. */
import type { Reply, TestApi } from './api';

export class Jar {
  private readonly cookies = new Map<string, string>();

  constructor(
    private readonly t: TestApi,
    /** As a proxy in front would name it; needs trustProxy. */
    private readonly address?: string,
  ) {}

  async ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Reply> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const reply = await this.t.ask(method, path, {
      body,
      headers: {
        ...(cookie && { cookie }),
        ...(this.address && { 'x-forwarded-for': this.address }),
        origin: this.t.url,
        ...headers,
      },
    });
    for (const line of reply.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(';');
      const [name = '', value = ''] = pair.split(/=(.*)/s);
      const over = attributes.some((one) => /^\s*max-age=0$/i.test(one));
      if (over || value === '') this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return reply;
  }

  post = (path: string, body: unknown = {}): Promise<Reply> => this.ask('POST', `/api/auth${path}`, body);

  signIn(username: string, password = this.t.account(username).password): Promise<Reply> {
    return this.post('/sign-in/username', { username, password });
  }

  me = (): Promise<Reply> => this.ask('GET', '/api/v1/me');

  has = (name: string): boolean => [...this.cookies.keys()].some((one) => one.includes(name));

  cookie = (name: string): string | undefined => [...this.cookies].find(([key]) => key.includes(name))?.[1];

  /** Only this one stays: the session has ended, the device is the same. */
  keepOnly(name: string): void {
    for (const key of this.cookies.keys()) if (!key.includes(name)) this.cookies.delete(key);
  }
}
