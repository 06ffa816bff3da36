/** The style of the subscriber's page: fixed text, so that its hash can stand in the policy; 320 px and up, both themes. */
export const publicStyle =
  ':root{color-scheme:light dark;--bg:#f5f6f7;--panel:#fff;--text:#1d2328;--text2:#4c5761;--line:#6c7780;--soft:#d5dade;--link:#0b5cad;--go:#0b5cad;--edge:#0b5cad}' +
  '@media(prefers-color-scheme:dark){:root{--bg:#1b1f23;--panel:#23282d;--text:#dfe4e8;--text2:#a9b3bc;--line:#7f8b95;--soft:#3a4248;--link:#8cc4ff;--go:#2f6fb3;--edge:#8cc4ff}}' +
  '*{box-sizing:border-box}' +
  'body{margin:0;background:var(--bg);color:var(--text);font:16px/1.5 system-ui,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif;overflow-wrap:anywhere}' +
  'main{max-width:30rem;margin:0 auto;padding:16px}' +
  'h1{font-size:20px;line-height:1.35;margin:0 0 4px}h2{font-size:16px;margin:24px 0 8px}p{margin:0 0 12px}' +
  '.small{font-size:14px;color:var(--text2)}.big{font-size:20px;font-weight:600;line-height:1.35}' +
  '.box{background:var(--panel);border-left:4px solid var(--edge);padding:12px;margin:16px 0}.box p:last-child{margin:0}.box .top{margin:0 0 4px}.row a{margin-right:16px}' +
  'ol{list-style:none;margin:0;padding:0}li{position:relative;padding:2px 0 2px 28px}' +
  'li::before{position:absolute;left:4px;font-weight:700}.done::before{content:"\u2713"}.now::before{content:"\u25b8"}.next::before{content:"\u00b7"}' +
  'ol+p{margin-top:8px}.now{font-weight:600}.next{color:var(--text2)}' +
  'form{margin:16px 0}button{display:block;width:100%;min-height:50px;margin:0 0 8px;padding:8px 16px;font:inherit;font-weight:600;' +
  'border:1px solid var(--edge);border-radius:2px;background:var(--go);color:#fff;cursor:pointer}' +
  'button+button,.second button{background:var(--panel);color:var(--text);border-color:var(--line)}' +
  'fieldset{border:0;margin:0 0 16px;padding:0;min-width:0}legend{font-weight:600;padding:0;margin:0 0 8px}legend.small{font-weight:400}' +
  '.marks{display:grid;grid-template-columns:repeat(6,1fr);gap:4px}.marks label{position:relative}' +
  '.marks input{position:absolute;inset:0;width:100%;height:100%;margin:0;opacity:0;cursor:pointer}' +
  '.marks span{display:block;line-height:42px;text-align:center;border:1px solid var(--line);border-radius:2px;background:var(--panel)}' +
  '.marks input:checked+span{background:var(--go);border-color:var(--edge);color:#fff;font-weight:700;text-decoration:underline}' +
  '.ends{display:flex;justify-content:space-between;font-size:14px;color:var(--text2);margin:4px 0 0}' +
  '.pick{display:flex;gap:8px;align-items:center;min-height:44px}.pick input{width:20px;height:20px;margin:0}.hours{display:flex;gap:16px;flex-wrap:wrap}.hours input{min-height:44px;font:inherit}' +
  '.field{display:block;margin:0 0 16px}select,textarea{display:block;width:100%;min-height:44px;margin-top:4px;padding:8px;font:inherit;' +
  'color:var(--text);background:var(--panel);border:1px solid var(--line);border-radius:2px}' +
  'a{color:var(--link);display:inline-block;padding:8px 0;min-height:40px}.foot{display:flex;justify-content:space-between;gap:16px;border-top:1px solid var(--soft);margin:24px 0 0;padding-top:8px}' +
  'button:focus-visible,a:focus-visible,select:focus-visible,textarea:focus-visible,.marks input:focus-visible+span{outline:3px solid var(--link);outline-offset:2px}' +
  '@media(forced-colors:active){.marks input:checked+span{outline:3px solid}}';
