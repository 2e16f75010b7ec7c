/**
 * The built site (npm run build:web) in a real browser, from a sub-path of a plain static server, without the headers that shared memory would need: as
 * any host would serve it. Whatever a page complains of, or asks of elsewhere, fails the test.
 */
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright';
import { findChromium } from './chromium.js';

const SITE = fileURLToPath(new URL('../../build/web', import.meta.url));
const SUB_PATH = '/some/where/else/';
const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
};

export interface Site {
  /** Ends with a slash. */
  address: string;
  browser: Browser;
  /** A page of the site in a context of its own; index.html if no path is given. */
  open: (path?: string, options?: BrowserContextOptions) => Promise<Opened>;
  close: () => Promise<void>;
}

/** Told of each file that the site is asked for, by its path from the root of the site. */
export type Served = (path: string, content: Buffer) => void;

export interface Opened {
  page: Page;
  /** What the page said on its console, threw, or asked of another address: none is right. */
  complaints: string[];
}

export async function openSite(served: Served = () => undefined): Promise<Site> {
  const [server, browser] = await Promise.all([
    serve(served),
    findChromium().then((options) => chromium.launch(options)),
  ]);
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}${SUB_PATH}`;
  return {
    address,
    browser,
    async open(path = 'index.html', options = {}) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on('console', (message) => void complaints.push(message.text()));
      page.on('pageerror', (error) => void complaints.push(error.message));
      page.on('request', (request) => {
        const url = request.url();
        if (!/^(?:data|blob):/.test(url) && !url.startsWith(address)) complaints.push(`asked for ${url}`);
      });
      await page.goto(address + path);
      return { page, complaints };
    },
    async close() {
      await browser.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function serve(served: Served): Promise<Server> {
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
    const file = path.startsWith(SUB_PATH) ? normalize(path.slice(SUB_PATH.length - 1)) : '/nothing';
    readFile(join(SITE, file)).then(
      (content) => {
        served(file.slice(1), content);
        response.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream');
        response.end(content);
      },
      () => {
        response.statusCode = 404;
        response.end();
      },
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
