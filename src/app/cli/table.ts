/** Tables and texts for people: what came from outside may not move the cursor or recolour the screen. */

/** Columns padded to the widest cell, the last one with room for a sentence; without rows only the head. */
export function formatTable(head: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const lines = [head, ...rows].map((row) =>
    row.map((cell, column) => printable(cell, column === head.length - 1 ? longestSentence : longestCell)),
  );
  const widths = head.map((_, column) =>
    lines.reduce((widest, line) => Math.max(widest, line[column]?.length ?? 0), 0),
  );
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

const longestCell = 80;
const longestSentence = 400;

/** One line of at most so many characters without controls and without marks that turn the direction of text around. */
export function printable(value: unknown, most: number = longestCell): string {
  if (value === undefined || value === null) return '';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  const plain = text
    .replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g, ' ')
    .trim();
  return plain.length > most ? `${plain.slice(0, most - 2)}..` : plain;
}
