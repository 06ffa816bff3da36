/** How long a table may be: one bound for what is asked, for what is kept, and for what is let grow. */

/** Rows of one table that a reading takes at first. */
export const usualRows = 20_000;
/** By which the budget of what a device delivers honestly is let grow, a power of two. */
export const mostGrowth = 8;
/** 160,000 terminals of an OLT are more than any has. */
export const mostRowsOfTable = usualRows * mostGrowth;

/**
 * Rows that a budget of so many lets a device have that was let grow. A table that goes on proves itself, so that the last
 * steps are large and a table without end is cheap at first.
 */
export const grownRows = (rows: number, growth: number): number =>
  Math.min(mostRowsOfTable, rows * Math.max(growth, growth ** 2 / 2));
