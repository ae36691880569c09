// `npm run layers`: the arrows of the house (.dependency-cruiser.cjs), with the reason beside every one that points the wrong way.
import { cruise } from 'dependency-cruiser';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import rules from '../.dependency-cruiser.cjs';

const { options, ...ruleSet } = rules;
const { output } = await cruise(['server/src', 'web/src', 'appliance/src'], { ...options, ruleSet, validate: true }, undefined, {
  tsConfig: extractTSConfig(options.tsConfig.fileName),
});
const { totalCruised, violations } = output.summary;
const reasons = new Map(rules.forbidden.map((rule) => [rule.name, rule.comment]));

for (const { from, to, rule } of violations) process.stdout.write(`${from} -> ${to}\n    ${rule.name}: ${reasons.get(rule.name)}\n`);
// A parser that cannot read TypeScript finds nothing at all, and nothing wrong with it.
if (totalCruised < 50) process.stdout.write(`Only ${totalCruised} modules were read: the check itself is broken.\n`);
process.stdout.write(`${totalCruised} modules, ${violations.length} arrows that point the wrong way\n`);
process.exit(violations.length === 0 && totalCruised >= 50 ? 0 : 1);
