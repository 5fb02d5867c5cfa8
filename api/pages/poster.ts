/** The poster (海报) of a station: a QR code that opens its page for reports, and whom to call. For the printer of any office. */
import QRCode from 'qrcode';
import { Html, html } from './html';

export const POSTER_STYLE_PATH = '/assets/poster.css';

export interface Poster {
  sandbox: boolean;
  stationName: string;
  /** Where the code leads. */
  url: string;
}

/** @returns the whole document, its picture inside it */
export async function posterPage({ sandbox, stationName, url }: Poster): Promise<string> {
  // The library makes the picture from the address alone; a crease or a stain over an eighth of it does no harm.
  const picture = new Html(await QRCode.toString(url, { type: 'svg', errorCorrectionLevel: 'M', margin: 2 }));
  return html`<!doctype html>
    <html lang="zh-CN">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex, nofollow" />
        <title>海报 · ${stationName}</title>
        <link rel="stylesheet" href="${POSTER_STYLE_PATH}" />
      </head>
      <body>
        <main>
          ${sandbox && html`<p class="sandbox">演练环境，请勿张贴</p>`}
          <h1>孩子受到伤害，<br />请告诉我们</h1>
          <p class="lead">扫码填写，不用注册，不用留姓名</p>
          ${picture}
          <p class="lead">你自己遇到了事情，也可以扫码告诉我们</p>
          <p class="calls">孩子正有危险，马上打 110</p>
          <p>也可以拨打 12345 政务服务热线、12355 青少年服务热线</p>
          <p>${stationName}</p>
          <p class="small">
            学校、医院、村（居）委会、旅馆等密切接触未成年人的单位及其工作人员，发现未成年人遭受或者疑似遭受侵害的，应当立即报告（《未成年人保护法》第十一条）。
          </p>
          <p class="small">${url}</p>
        </main>
      </body>
    </html> `.text;
}
