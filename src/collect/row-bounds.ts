/** How long a table may be: one bound for what is asked, for what is kept, and for what is let grow. */

/** Rows of one table that a reading takes at first. */
export const usualRows = 20_000;
/** By which the budget of what a device delivers honestly is let grow, a power of two. */
export const mostGrowth = 8;
/** 160,000 terminals of an OLT are more than any has. */
export const mostRowsOfTable = usualRows * mostGrowth;
