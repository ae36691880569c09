/** Comma-separated values after RFC 4180, with CRLF. A cell that a spreadsheet would take for a formula gets a quote in front. */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

function csvCell(text: string): string {
  const plain = /^[=@\t\r]/.test(text) || /^[+-](?![\d.])/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

export function saveFile(name: string, content: BlobPart[], type: string): void {
  const url = URL.createObjectURL(new Blob(content, { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

export interface CsvPage<Row> {
  items: readonly Row[];
  total: number;
}

/** Fetches every page of a filtered list and gives it to the person as one file. `progress` from 0 to 1. */
export async function exportPages<Row>(options: {
  name: string;
  header: readonly string[];
  line: (row: Row) => readonly string[];
  fetchPage: (page: number, pageSize: number) => Promise<CsvPage<Row>>;
  progress: (share: number) => void;
}): Promise<number> {
  const pageSize = 250;
  const lines = [`\ufeff${csvLine(options.header)}`];
  for (let page = 1; ; page += 1) {
    const { items, total } = await options.fetchPage(page, pageSize);
    for (const row of items) lines.push(csvLine(options.line(row)));
    options.progress(total === 0 ? 1 : Math.min(1, (page * pageSize) / total));
    if (items.length < pageSize || page * pageSize >= total) break;
  }
  saveFile(`${options.name}.csv`, lines, 'text/csv;charset=utf-8');
  return lines.length - 1;
}
