/** `/docs/api`: the route table as one page to read, made from the same table as the document for programs. */
import { escapeHtml, htmlDocument } from './page-frame.ts';
import type { Route } from './route.ts';

export const apiStyle =
  ':root{color-scheme:light dark}body{margin:0;font:14px/1.5 system-ui,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif}' +
  'main{max-width:60rem;margin:0 auto;padding:16px}h1{font-size:20px}h2{font-size:14px;margin:24px 0 4px}' +
  'code,pre{font:12px/1.5 ui-monospace,"DejaVu Sans Mono",monospace}pre{margin:4px 0;padding:8px;border:1px solid #7f8b95;overflow:auto}p{margin:0 0 4px}';

export function apiPage(routes: readonly Route[]): string {
  const calls = routes.map((route) => {
    const body = route.body ?? route.query;
    const schema =
      body === undefined ? '' : `<pre>${escapeHtml(JSON.stringify(body['properties'], undefined, 2))}</pre>`;
    return (
      `<h2><code>${route.method} /api/v1${escapeHtml(route.path)}</code></h2>` +
      `<p>${escapeHtml(route.summary)}. Answers ${escapeHtml(route.answers)}.</p>${schema}`
    );
  });
  const how =
    '<p>Send <code>Authorization: Bearer KEY</code>. Lists answer <code>{ "items", "total", "next" }</code>; hand ' +
    '<code>next</code> back as <code>cursor</code>. Errors are problems of RFC 9457. What was answered with 2xx is on disk. ' +
    'For programs: <a href="/api/openapi.json">/api/openapi.json</a>.</p>';
  return htmlDocument(
    { language: 'en', title: 'allclear API', body: `<h1>allclear API</h1>${how}${calls.join('')}` },
    apiStyle,
  );
}
