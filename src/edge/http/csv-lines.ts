/** Lines of CSV (RFC 4180) that spreadsheets open as what they say. */

/** Without it spreadsheets take UTF-8 for the code page of the machine. */
export const csvMark = '\ufeff';

/** What begins so is a formula to a spreadsheet, and would be worked out when it is opened. */
const formula = /^[=+\-@\t\r]/;

/** A number is no formula, though one below nothing begins like it. */
export const csvLine = (cells: readonly (string | number | undefined)[]): string =>
  `${cells.map(cell).join(',')}\r\n`;

function cell(value: string | number | undefined): string {
  if (typeof value === 'number') return String(value);
  const text = value === undefined ? '' : formula.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
