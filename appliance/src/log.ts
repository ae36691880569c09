// Lines on stdout go to the journal; "<n>" is read as the priority by systemd (sd-daemon(3)).
const say = (priority: number, text: string): void => {
  for (const line of text.split('\n')) process.stdout.write(`<${priority}>${line}\n`);
};

export const log = {
  info: (text: string): void => say(6, text),
  /** What someone changed, to be found later: no secrets in it. */
  notice: (text: string): void => say(5, text),
  warn: (text: string): void => say(4, text),
  error: (text: string): void => say(3, text),
};
