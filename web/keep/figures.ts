/** Figures of src/views as files of their own: colours and rules inside, as literal values, since few programs beside browsers know variables. */
import { DARK, figureCss, LIGHT, type Theme } from '../../src/views/palette.js';

export const THEMES = { light: LIGHT, dark: DARK } as const;
/** Pixels around a figure. */
const MARGIN = 16;

/** An SVG document. @param svg as src/views draws it */
export function standalone(svg: string, theme: Theme): string {
  const [, width, height] = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg)!.map(Number);
  const [w, h] = [width + 2 * MARGIN, height + 2 * MARGIN];
  const frame = `viewBox="${-MARGIN} ${-MARGIN} ${w} ${h}" width="${w}" height="${h}"`;
  const ground = `<rect x="${-MARGIN}" y="${-MARGIN}" width="${w}" height="${h}" fill="${theme.card}"/>`;
  const document = svg
    .replace(/viewBox="[^"]*" width="[^"]*" height="[^"]*"/, frame)
    .replace(/<\/desc>/, `</desc><style>${figureCss()}</style>${ground}`);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${coloured(document, theme)}\n`;
}

function coloured(text: string, theme: Theme): string {
  return text.replace(/var\(--hb-(\w+)\)/g, (variable, name: string) =>
    name in theme ? theme[name as keyof Theme] : variable,
  );
}

/** Pixels of the picture for each of the figure. */
const DENSITY = 2;

/** A picture of an SVG document. */
export async function pngOf(svg: string): Promise<Blob> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [DENSITY * image.width, DENSITY * image.height];
  canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height);
  return pictureOf(canvas);
}

export function pictureOf(canvas: HTMLCanvasElement): Promise<Blob> {
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => {
      if (blob) resolve(blob);
      else reject(new Error('your browser cannot make a picture of it'));
    }, 'image/png'),
  );
}
