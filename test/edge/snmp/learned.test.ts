import { describe, expect, it } from 'vitest';
import { keepsPlace, learnCutReply, learnFullReply, nothingLearned } from '../../../src/edge/snmp/learned.ts';

describe('a walk', () => {
  it('keeps its place for sixteen requests in a row, then waits behind the others once', () => {
    const learned = nothingLearned();
    expect(keepsPlace(learned, false)).toBe(false);
    for (let i = 0; i < 16; i++) expect(keepsPlace(learned, true)).toBe(true);
    expect(keepsPlace(learned, true)).toBe(false);
    expect(keepsPlace(learned, true)).toBe(true);
  });

  it('begins to count anew when others were served in between', () => {
    const learned = nothingLearned();
    for (let i = 0; i < 10; i++) keepsPlace(learned, true);
    expect(keepsPlace(learned, false)).toBe(false);
    for (let i = 0; i < 16; i++) expect(keepsPlace(learned, true)).toBe(true);
  });
});

describe('the room of a reply', () => {
  it('grows after full replies and goes back to what an agent gives that cuts them, however close that is to half', () => {
    const learned = nothingLearned();
    const usual = learned.roomBytes;
    for (let i = 0; i < 4; i++) learnFullReply(learned);
    expect(learned.roomBytes).toBe(2 * usual);
    learnCutReply(learned, usual + 2);
    expect(learned.roomBytes).toBe(usual + 2);
    for (let i = 0; i < 16; i++) learnFullReply(learned);
    expect(learned.roomBytes).toBe(usual + 2);
  });

  it('stays at the usual size for an agent that gives less', () => {
    const learned = nothingLearned();
    const usual = learned.roomBytes;
    learnCutReply(learned, 400);
    expect(learned.roomBytes).toBe(usual);
  });
});
