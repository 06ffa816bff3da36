/** Names of severities as the contract spells them. */
import type { AlarmJson } from '../../src/edge/http/contract.ts';

export type PerceivedSeverityName = AlarmJson['perceivedSeverity'];
