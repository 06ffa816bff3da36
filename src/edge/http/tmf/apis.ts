/** Every TM Forum API that is served: where, and which resources. */
import { alarmKind } from './alarm.ts';
import { alarmTasks } from './alarm-tasks.ts';
import { messageKind } from './communication.ts';
import type { Api } from './kind.ts';
import { partyKinds } from './party.ts';
import { problemTasks } from './problem-tasks.ts';
import { resourceKinds } from './resource-inventory.ts';
import { serviceKind } from './service-inventory.ts';
import { problemKind, problemRecordKind, problemWordsOf3 } from './service-problem.ts';
import { testKind, testSpecificationKind } from './service-test.ts';
import { ticketKind } from './trouble-ticket.ts';

export const apis: readonly Api[] = [
  {
    name: 'alarm',
    // Tools in the field call the second, too.
    mounts: [{ path: 'alarm/v4' }, { path: 'alarmManagement/v4' }],
    kinds: [alarmKind, ...alarmTasks],
  },
  {
    name: 'serviceProblem',
    mounts: [
      { path: 'serviceProblemManagement/v4' },
      {
        path: 'serviceProblemManagement/v3',
        renames: problemWordsOf3,
        eventsEnd: 'Notification',
        hasNumberedErrors: true,
      },
    ],
    kinds: [problemKind, problemRecordKind, ...problemTasks],
  },
  { name: 'troubleTicket', mounts: [{ path: 'troubleTicket/v4' }], kinds: [ticketKind] },
  { name: 'communication', mounts: [{ path: 'communicationManagement/v4' }], kinds: [messageKind] },
  { name: 'serviceInventory', mounts: [{ path: 'serviceInventory/v4' }], kinds: [serviceKind] },
  { name: 'resourceInventory', mounts: [{ path: 'resourceInventoryManagement/v4' }], kinds: resourceKinds },
  { name: 'party', mounts: [{ path: 'party/v4' }], kinds: partyKinds },
  {
    name: 'serviceTest',
    mounts: [{ path: 'serviceTestManagement/v4' }],
    kinds: [testKind, testSpecificationKind],
  },
];
