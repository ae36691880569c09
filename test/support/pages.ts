import type { Page } from 'playwright-core';
import { administrator } from './server.ts';
import { eventually } from './wait.ts';

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

/** The code and the administrator of the first run; ends at the first step of the rest. @throws when the code is refused */
export async function setUpAdministrator(page: Page, base: string, code: string): Promise<void> {
  await page.goto(base);
  await page.getByLabel('Set-up code').fill(code);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByLabel('Login').or(page.getByText('The set-up code is wrong')).first().waitFor();
  if (!(await page.getByLabel('Login').isVisible())) throw new Error('The set-up code was refused');
  await page.getByLabel('Login').fill(administrator.login);
  await page.getByLabel('Your name').fill(administrator.name);
  await page.getByLabel('Password', { exact: true }).fill(administrator.password);
  await page.getByLabel('Password again').fill(administrator.password);
  await page.getByRole('button', { name: 'Create the administrator' }).click();
  await page.waitForURL(/\/admin\/setup/);
}

/** The first run with what a company cannot do without; the other steps are left for later. */
export async function setUp(page: Page, base: string, code: string, company: { domain: string; currency: string }): Promise<void> {
  await setUpAdministrator(page, base, code);
  const save = () => page.getByRole('button', { name: 'Save and continue' }).click();
  await page.getByLabel('SIP domain').fill(company.domain);
  await save();
  // On the appliance the network comes first.
  await page
    .getByRole('heading', { name: /^(Network|Time zone)$/ })
    .first()
    .waitFor();
  await page.goto(`${base}/admin/setup?step=currency`);
  await page.getByLabel('Currency').selectOption(company.currency);
  await save();
  await page.getByRole('heading', { name: 'First gateway' }).waitFor();
  await page.getByRole('button', { name: 'To the home page' }).click();
  await page.waitForURL(/\/admin$/);
}

/** Turns an open page to a colour scheme and a width; ends when the last colour has changed. */
export async function turnTo(page: Page, colorScheme: 'light' | 'dark', width: number): Promise<void> {
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  await page.setViewportSize({ width, height: 800 });
  // The page hears of the scheme with its next frame, and even the shortest transition takes one more.
  await eventually(`the page is ${colorScheme}`, () =>
    page.evaluate<boolean>(`new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(
      document.documentElement.classList.contains('dark') === ${colorScheme === 'dark'} &&
      document.getAnimations().every((one) => one.playState === 'finished')))))`),
  );
}

/** Accessibility by axe-core, WCAG 2.2 AA, with the size of targets: what is wrong and where. */
export async function accessibilityFaults(page: Page, axeSource: string): Promise<string[]> {
  // Pages may not run scripts from elsewhere (CSP); the injected one comes through the debugger.
  await page.evaluate(axeSource);
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
  const options = { runOnly: { type: 'tag', values: tags }, rules: { 'target-size': { enabled: true } } };
  const result = await page.evaluate<AxeResult>(`axe.run(${JSON.stringify(options)})`);
  return result.violations.map((one) => `${one.id}: ${one.help}\n  ${one.nodes.map((node) => node.html.slice(0, 200)).join('\n  ')}`);
}

interface AxeResult {
  violations: { id: string; help: string; nodes: { html: string }[] }[];
}

export interface Focus {
  name: string;
  /** Whether the focused element can be seen: nothing sticky lies over its middle. */
  seen: boolean;
  html: string;
}

/** What has the keyboard focus. */
export const focusOf = (page: Page): Promise<Focus> =>
  page.evaluate<Focus>(`(() => {
    const element = document.activeElement;
    const box = element.getBoundingClientRect();
    const label = element.id ? document.querySelector('label[for="' + CSS.escape(element.id) + '"]')?.textContent : '';
    const hit = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    const small = box.width < 2 || box.height < 2;
    const seen = small || (hit !== null && (element.contains(hit) || hit.contains(element)));
    const name = element.getAttribute('aria-label') ?? (label || element.textContent || '');
    return { name, seen, html: element.outerHTML.slice(0, 160) };
  })()`);

/** By how many pixels the page is wider than the screen. */
export const widerThanScreen = (page: Page): Promise<number> =>
  page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
