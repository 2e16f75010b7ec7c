/** What a browser tells of itself and its machine; none says which processor it is. */
export interface Machine {
  browser: string;
  system: string;
  /** Of the processor, as far as the browser says so. */
  threads: number;
  simd: boolean;
  userAgent: string;
}

/** Of Chromium's browsers, and there of pages served by https. */
interface UserAgentData {
  brands: { brand: string; version: string }[];
  getHighEntropyValues: (hints: string[]) => Promise<Hints>;
}

interface Hints {
  platform?: string;
  platformVersion?: string;
  architecture?: string;
  bitness?: string;
  fullVersionList?: { brand: string; version: string }[];
}

export async function machineOf(navigator: Navigator): Promise<Machine> {
  const { userAgent, hardwareConcurrency } = navigator;
  const told = await hintsOf(navigator).catch(() => undefined);
  return {
    browser: told?.browser ?? browserOf(userAgent),
    system: told?.system ?? /\(([^)]*)\)/.exec(userAgent)?.[1] ?? 'unknown',
    threads: hardwareConcurrency,
    simd: WebAssembly.validate(SIMD),
    userAgent,
  };
}

async function hintsOf(navigator: Navigator): Promise<Pick<Machine, 'browser' | 'system'> | undefined> {
  const { userAgentData } = navigator as { userAgentData?: UserAgentData };
  if (!userAgentData) return undefined;
  const hints = await userAgentData.getHighEntropyValues([
    'platformVersion',
    'architecture',
    'bitness',
    'fullVersionList',
  ]);
  // Among the names is one of nobody, so that pages do not rely on their order.
  const brands = (hints.fullVersionList ?? userAgentData.brands).filter(
    ({ brand }) => !/not.*brand/i.test(brand),
  );
  const { brand, version } = brands.find((one) => one.brand !== 'Chromium') ?? brands[0];
  const { platform, platformVersion, architecture, bitness } = hints;
  const processor = architecture ? `${architecture} ${bitness ?? ''}`.trim() : undefined;
  return {
    browser: `${brand} ${version}`,
    system: [`${platform ?? ''} ${platformVersion ?? ''}`.trim(), processor].filter(Boolean).join(', '),
  };
}

/** Names in user agents that say more than those before them. */
function browserOf(userAgent: string): string {
  const names = ['Firefox', 'Edg', 'OPR', 'Chrome', 'Version'];
  const found = names.map((name) => new RegExp(`${name}/([\\d.]+)`).exec(userAgent));
  const at = found.findIndex((match) => match !== null);
  if (at < 0) return 'unknown';
  const name = { Edg: 'Edge', OPR: 'Opera', Version: 'Safari' }[names[at]] ?? names[at];
  return `${name} ${found[at]![1]}`;
}

/** A module with two instructions of fixed-width SIMD: i8x16.splat and i8x16.popcnt. */
const SIMD = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123],
  ...[3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11],
);
