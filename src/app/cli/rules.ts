/** `rules`: what rule files do, on their own examples and on what was recorded. */
import { Fault } from '../../base/fault.ts';
import { learnRules, learnUsage } from './rules-learn.ts';
import { reviseRuleFiles, reviseUsage } from './rules-revise.ts';
import { rollBackRules, rollbackUsage } from './rules-rollback.ts';
import { shadowRules, shadowUsage } from './rules-shadow.ts';
import { testRules, testUsage } from './rules-test.ts';
import type { Verb } from './verb.ts';

const actions = {
  test: testRules,
  shadow: shadowRules,
  rollback: rollBackRules,
  learn: learnRules,
  revise: reviseRuleFiles,
};

export const rulesVerb: Verb = {
  name: 'rules',
  summary:
    'test: plays the examples of all rule files; shadow: what changed rules would have said of the recorded journal; rollback: a running daemon goes back to the rules before; learn: which alarm brings about which in a recorded stream, as a rule file to be judged; revise: what closed incidents and corrections say of the rules, the same way.',
  usage: `${testUsage}\n${shadowUsage}\n${rollbackUsage}\n${learnUsage}\n${reviseUsage}`,
  run([action = '', ...rest], terminal) {
    if (!Object.hasOwn(actions, action)) {
      const known = Object.keys(actions).join(' or ');
      const what = action === '' ? 'what to do is missing' : `there is no "${action}"`;
      throw new Fault('usage/argument', `${what}: say ${known}`);
    }
    return actions[action as keyof typeof actions](rest, terminal);
  },
};
