/** What those need who load, check, play or keep correlation rules, and the stage that applies patterns: part of the room's face. */
export { compileCorrelationRules } from './compile-rules.ts';
export {
  type ExampleStep,
  type ExampleTopology,
  type ExampleTree,
  type Expectation,
  type ExpectedValue,
  exampleDefinitions,
  examplePieces,
  examplesSchemaWith,
  exampleTrees,
  type RuleExample,
} from './example.ts';
export type { RuleUse } from './matcher.ts';
export { type Judged, Patterns } from './patterns.ts';
export type { CorrelationRules } from './rules.ts';
export { correlationSchema } from './rules-schema.ts';
