/** Every choice of the playground: what it makes of the state, as the URL has it, read by web/state.ts; and what the page says of numbers that cannot be. */
import { type Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadSync } from '../../src/index.js';
import { Session } from '../../web/engine/session.js';
import { DEFAULTS, fromHash, rangeOf, type State, toHash } from '../../web/state.js';
import { openSite, type Site } from '../setup/site.js';

let site: Site;
beforeAll(async () => (site = await openSite()));
afterAll(() => site.close());

const SMALL: Partial<State> = { samples: 30, hidden: [4] };

async function open(changes: Partial<State> = {}): Promise<Page> {
  const { page } = await site.open(`index.html#${toHash({ ...DEFAULTS, ...SMALL, ...changes })}`);
  await page.locator('[data-name=upper] data').waitFor();
  await page.locator('.controls .more > summary').click();
  return page;
}

/** Waits until the URL has this state, and these numbers stand. */
async function shows(page: Page, changes: Partial<State>): Promise<void> {
  const state = { ...DEFAULTS, ...SMALL, ...changes };
  await expect.poll(() => fromHash(new URL(page.url()).hash).state).toEqual(state);
  const { upper, step } = (await Session.begin(loadSync(), state)).frame();
  await expect.poll(() => shown(page, 'upper')).toBe(upper);
  expect(await shown(page, 'step')).toBe(step);
}

async function shown(page: Page, name: string): Promise<number> {
  return Number(await page.locator(`[data-name=${name}] data`).getAttribute('value'));
}

describe('a choice makes the run another', () => {
  it.each<[string, Partial<State>, Partial<State>?]>([
    ['samples', { samples: 50 }],
    ['noise', { noise: 0.35 }],
    ['dataSeed', { dataSeed: 7 }],
    ['copies', { copies: 3 }],
    ['similarity', { similarity: -0.25 }],
    ['seed', { seed: 12 }],
    ['learningRate', { learningRate: 0.07 }],
    ['momentum', { momentum: 0.9 }],
    ['rho', { optimizer: 'sam', rho: 0.2 }, { optimizer: 'sam' }],
    ['batch', { batch: 10 }],
    ['weightDecay', { weightDecay: 0.001 }],
    ['strength', { strength: 0.5 }, { strength: 0.01 }],
  ])('typed: %s', async (name, expected, before) => {
    const page = await open(before);
    await page.locator(`input[name=${name}]`).fill(String(expected[name as keyof State]));
    await page.keyboard.press('Enter');
    await shows(page, expected);
    await page.context().close();
  });

  it.each<[string, Partial<State>, Partial<State>?]>([
    ['data', { data: 'xor' }],
    ['activation', { activation: 'sin' }],
    ['loss', { loss: 'squared-error' }],
    ['optimizer', { optimizer: 'adam' }],
    ['every', { every: 20 }],
  ])('picked: %s', async (name, expected) => {
    const page = await open();
    await page.locator(`select[name=${name}]`).selectOption(String(expected[name as keyof State]));
    await shows(page, expected);
    await page.context().close();
  });

  it.each<[string, Partial<State>, Partial<State>?]>([
    ['samples', { samples: 40 }],
    ['noise', { noise: 0.11 }],
    ['similarity', { similarity: 0.05 }],
    ['learningRate', { learningRate: 0.68 }, { learningRate: 0.56 }],
    ['momentum', { momentum: 0.01 }],
    ['strength', { strength: 0.012 }, { strength: 0.01 }],
  ])('by a slider, one stop on: %s', async (name, expected, before) => {
    const page = await open(before);
    await page.locator(`[data-slider=${name}]`).press('ArrowRight');
    await shows(page, expected);
    await page.context().close();
  });

  it('layer by layer', async () => {
    const page = await open();
    const click = (name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click();
    await click('Hidden layers: one more');
    await shows(page, { hidden: [4, 4] });
    await click('Width of hidden layer 2: one more');
    await shows(page, { hidden: [4, 5] });
    await click('Width of hidden layer 1: one less');
    await shows(page, { hidden: [3, 5] });
    await page.getByLabel('Width 1').fill('8');
    await page.keyboard.press('Enter');
    await shows(page, { hidden: [8, 5] });
    // 2·8 + 8, 8·5 + 5 and 5 + 1.
    expect(await page.locator('[data-name=parameters] data').getAttribute('value')).toBe('75');
    expect(await page.locator('[data-name=parameters]').textContent()).toContain('exact spectrum');
    await click('Hidden layers: one less');
    await click('Hidden layers: one less');
    await shows(page, { hidden: [] });
    expect(await page.getByLabel('Activation').isDisabled()).toBe(true);
    // In the order of the keys, but without effect.
    await page.getByRole('button', { name: 'Hidden layers: one less', exact: true }).press('Enter');
    await click('Hidden layers: one more');
    await shows(page, { hidden: [16] });
    await page.context().close();
  });

  it('by another seed, and by the bound in the objective', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Seed of weights: another' }).click();
    await shows(page, { seed: 2 });
    await page.getByRole('button', { name: 'Seed of data: another' }).click();
    await shows(page, { seed: 2, dataSeed: 2 });
    await page.getByLabel('HSR: the bound in the objective').check();
    await shows(page, { seed: 2, dataSeed: 2, strength: 0.01 });
    await page.getByLabel('HSR: the bound in the objective').uncheck();
    await shows(page, { seed: 2, dataSeed: 2 });
    await page.context().close();
  });

  it('and it goes on playing, from the start', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Play', exact: true }).click();
    await expect.poll(() => shown(page, 'step')).toBeGreaterThan(20);
    // Three changes at once: none of them may stop it.
    await page.locator('[data-slider=learningRate]').focus();
    for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowLeft');
    await expect.poll(() => fromHash(new URL(page.url()).hash).state.learningRate).toBe(0.33);
    const early = await shown(page, 'step');
    await expect.poll(() => shown(page, 'step')).toBeGreaterThan(early + 20);
    expect(await page.getByRole('button', { name: 'Pause', exact: true }).count()).toBe(1);
    await page.context().close();
  });
});

describe('only what means something is asked', () => {
  it('of data that are generated, of optimizers, of losses', async () => {
    const page = await open();
    const names = (): Promise<string[]> =>
      page
        .locator('.controls :is(input, select)[name]')
        .evaluateAll((all) => all.map((one) => (one as HTMLInputElement).name));
    expect(await names()).toEqual(expect.arrayContaining(['samples', 'noise', 'dataSeed', 'momentum']));
    expect(await names()).not.toContain('rho');
    await page.locator('select[name=optimizer]').selectOption('sam');
    await page.locator('input[name=rho]').waitFor();
    expect(await names()).not.toContain('momentum');
    await page.locator('select[name=data]').selectOption('iris');
    await page.locator('input[name=samples]').waitFor({ state: 'detached' });
    expect(await names()).not.toContain('noise');
    expect(
      await page
        .locator('select[name=loss] option')
        .evaluateAll((all) => all.map((one) => (one as HTMLOptionElement).value)),
    ).toEqual(['softmax-cross-entropy', 'squared-error']);
    await expect
      .poll(() => fromHash(new URL(page.url()).hash).state)
      .toMatchObject({ data: 'iris', loss: 'softmax-cross-entropy' });
    await page.context().close();
  });
});

describe('a number that cannot be', () => {
  it.each([
    ['samples', '5'],
    ['samples', '20.5'],
    ['samples', ''],
    ['noise', '-1'],
    ['learningRate', '0'],
    ['learningRate', '1e9'],
    ['layers', '7'],
    ['width-1', '0'],
    ['width-1', '65'],
  ])('is refused beside its field, and changes nothing: %s of “%s”', async (name, text) => {
    const page = await open();
    const before = page.url();
    const field = page.locator(`input[name=${name}]`);
    await field.fill(text);
    await page.keyboard.press('Enter');
    const says = page.locator(`#field-${name}-says [role=alert]`);
    await says.waitFor();
    const words = (await says.textContent())!;
    const range =
      name === 'layers'
        ? { low: 0, high: 6 }
        : name === 'width-1'
          ? { low: 1, high: 64 }
          : rangeOf(name as 'samples');
    expect(words).toContain(`from ${range.low} to ${range.high}`);
    if (text !== '') expect(words).toContain(`not ${text}.`);
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    expect(await field.inputValue()).toBe(text);
    expect(page.url()).toBe(before);

    await page.keyboard.press('Escape');
    await says.waitFor({ state: 'detached' });
    await expect.poll(() => field.inputValue()).not.toBe(text);
    await page.context().close();
  });

  it('is no number yet while it is typed', async () => {
    const page = await open();
    const before = page.url();
    await page.getByLabel('Samples', { exact: true }).fill('1');
    await page.waitForTimeout(300);
    expect(await page.locator('[role=alert]').count()).toBe(0);
    expect(page.url()).toBe(before);
    await page.getByLabel('Samples', { exact: true }).fill('12');
    await page.getByLabel('Noise', { exact: true }).focus();
    await shows(page, { samples: 12 });
    await page.context().close();
  });

  it('in the address is named', async () => {
    const { page } = await site.open('index.html#samples=3&hidden=4');
    await expect.poll(() => page.getByRole('status').first().textContent()).toContain('samples');
    await page.context().close();
  });
});
