/** SVG as PNG, with the one Chinese font that ships with us: what a machine has installed makes no difference. */
import { join } from 'node:path';
import { Resvg } from '@resvg/resvg-js';
import { CHART_FONT } from '../../domain/services/charts';

const FONT_FILE = join(require.resolve('@embedpdf/fonts-sc'), '../../fonts/NotoSansHans-Regular.otf');
/** Sharp in print: two dots of the picture for one of the drawing. */
const SCALE = 2;

export interface Picture {
  png: Buffer;
  /** In dots of the drawing. */
  width: number;
  height: number;
}

/** Draws an SVG with the font that ships, so that every machine draws the same. */
export function pictureOf(svg: string): Picture {
  const drawing = new Resvg(svg, {
    fitTo: { mode: 'zoom', value: SCALE },
    font: { fontFiles: [FONT_FILE], loadSystemFonts: false, defaultFontFamily: CHART_FONT },
  });
  return { png: drawing.render().asPng(), width: drawing.width, height: drawing.height };
}
