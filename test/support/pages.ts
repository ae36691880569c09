import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { administrator } from './server.ts';

/** Logs in on the page, as a person does. */
export async function logIn(page: Page, base: string, login: string, password: string): Promise<void> {
  await page.goto(`${base}/login`);
  await page.getByLabel('Login', { exact: true }).fill(login);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.waitForURL(/\/(admin|my)(\/|$|\?)/);
}

export const logInAsAdministrator = (page: Page, base: string): Promise<void> =>
  logIn(page, base, administrator.login, administrator.password);

/** The first run page, step by step. */
export async function setUp(page: Page, base: string, code: string, company: { domain: string; currency: string }): Promise<void> {
  await page.goto(base);
  await page.getByLabel('Set-up code').fill(code);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByLabel('Login').fill(administrator.login);
  await page.getByLabel('Your name').fill(administrator.name);
  await page.getByLabel('Password', { exact: true }).fill(administrator.password);
  await page.getByLabel('Password again').fill(administrator.password);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByLabel('SIP domain').fill(company.domain);
  await page.getByLabel('Currency').selectOption(company.currency);
  await page.getByRole('button', { name: 'Finish the set-up' }).click();
  await page.waitForURL(/\/admin/);
}

/** Accessibility by axe-core, WCAG 2.2 AA: throws with what is wrong and where. */
export async function expectAccessible(page: Page, axeSource: string, what: string): Promise<void> {
  // Pages may not run scripts from elsewhere (CSP); the injected one comes through the debugger.
  await page.evaluate(axeSource);
  const violations = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run: (o: object) => Promise<{ violations: { id: string; help: string; nodes: { html: string }[] }[] }> };
    };
    const result = await axe.run({ runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] } });
    return result.violations.map((one) => `${one.id}: ${one.help}\n  ${one.nodes.map((node) => node.html.slice(0, 200)).join('\n  ')}`);
  });
  expect(violations, `axe on ${what}`).toEqual([]);
}
