/** The time zone of this machine: whoever has none of their own is told its time. */
export const hostZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;
