import { createHash } from 'node:crypto';

/** The style of the page. No element has a style of its own: the policy of the page forbids it. */
export const STYLE = `
:root{color-scheme:light dark;--bg:#f5f6f8;--card:#fff;--text:#1b2230;--soft:#566072;--line:#d8dde5;--link:#1f4fbf;
--good:#17693f;--good-bg:#dff3e7;--bad:#a3211a;--bad-bg:#fbe4e2;--warn:#7a4b00;--warn-bg:#fdf0d5;--calm-bg:#e9ecf1}
@media (prefers-color-scheme:dark){:root{--bg:#11151b;--card:#1a2029;--text:#e7eaf0;--soft:#a7b0bf;--line:#343c49;--link:#8fb7ff;
--good:#6fd8a0;--good-bg:#163526;--bad:#ff9d94;--bad-bg:#43201e;--warn:#f0c063;--warn-bg:#3d2f12;--calm-bg:#29303c}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--text);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif}
a{color:var(--link)}a:focus-visible,button:focus-visible,input:focus-visible,select:focus-visible,summary:focus-visible,[tabindex]:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.skip{position:absolute;left:-9999px}.skip:focus{left:8px;top:8px;background:var(--card);padding:8px;z-index:1}
header,main{max-width:1120px;margin:0 auto;padding:0 16px}
header{display:flex;flex-wrap:wrap;gap:4px 16px;align-items:baseline;padding-top:16px}
header h1{font-size:20px;margin:0}header h1 a{color:inherit;text-decoration:none}header p{margin:0;color:var(--soft)}header nav{margin-left:auto}
main{padding-bottom:48px}
h2{font-size:17px;margin:24px 0 8px}h3{font-size:17px;margin:0}.grid h3{font-size:14px;margin:0 0 4px}h4{font-size:14px;margin:0 0 4px}
.banner{border-radius:8px;padding:10px 14px;margin:16px 0}.banner p{margin:4px 0}
.good{background:var(--good-bg);color:var(--good)}.bad{background:var(--bad-bg);color:var(--bad)}.warn{background:var(--warn-bg);color:var(--warn)}.calm{background:var(--calm-bg);color:var(--text)}
.card{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:16px;margin:0 0 16px}
.head{display:flex;flex-wrap:wrap;gap:6px 10px;align-items:center;margin-bottom:10px}
.badge{border-radius:99px;padding:1px 10px;font-size:13px;white-space:nowrap}
.grid{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,300px),1fr));gap:14px 28px;margin-top:14px}
.grid p,.grid ul{margin:0}.card>div>h4:first-child{margin-top:14px}.head h4,.banner h4:first-child{margin-top:0!important}.chart{margin-top:6px}.card :is(p,ul,div)+h4,.grid div+div>h4{margin-top:10px}.grid>div>h4:first-child{margin-top:0}.head h2{margin:0}.grid ul{padding-left:18px}
.nights{list-style:none;display:flex;flex-wrap:wrap;gap:3px;margin:6px 0 0;padding:0}
.nights li{flex:1 0 28px;max-width:40px}.nights a,.nights span{display:block;height:28px;line-height:28px;text-align:center;border-radius:5px;text-decoration:none;font-weight:700}
.soft{color:var(--soft)}.small{font-size:13px}
code{font:13px/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
.bar{width:100%;height:12px;border-radius:6px;display:block;margin:4px 0 6px;background:var(--calm-bg)}
.bar .fresh{fill:var(--good)}.bar .late{fill:var(--warn)}.bar .never{fill:var(--bad)}
.chart{width:100%;height:56px;display:block}.chart rect{fill:var(--link)}
.counts{list-style:none;display:flex;flex-wrap:wrap;gap:2px 14px;padding:0!important}
progress{width:100%;height:14px;accent-color:var(--good)}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;background:var(--card)}
th,td{text-align:left;padding:6px 10px;border-bottom:1px solid var(--line);vertical-align:top;overflow-wrap:anywhere}th{font-size:13px;color:var(--soft);white-space:nowrap}td.number{text-align:right;white-space:nowrap}td.whole{white-space:nowrap}
form{display:flex;flex-wrap:wrap;gap:8px;align-items:end;margin:12px 0}label{display:block;font-size:13px;color:var(--soft)}
input,select,button{font:inherit;color:inherit;background:var(--card);border:1px solid var(--soft);border-radius:6px;padding:5px 10px;min-height:34px}button{cursor:pointer}
details{margin:8px 0}summary{cursor:pointer;padding:4px 0}
.failure{border-left:4px solid var(--bad);padding:2px 0 2px 12px;margin:10px 0}.failure.skipped{border-color:var(--line)}.failure p{margin:2px 0}
.pages{display:flex;gap:16px;align-items:baseline;margin:12px 0}
[hidden]{display:none!important}
@media (max-width:480px){.nights li{flex:0 0 28px}}
@media print{header nav,form,.pages{display:none}body{background:none}}
`;

/**
 * The script of the page: reloads it while a run is open and nobody is using it; in the file it also switches the language and filters
 * the lists.
 */
export const SCRIPT = `
'use strict';
(() => {
  const all = (what, from = document) => [...from.querySelectorAll(what)];
  if (document.querySelector('[data-live]')) {
    setInterval(() => {
      const at = document.activeElement;
      if (!document.hidden && (at === null || at === document.body)) location.reload();
    }, 15000);
  }
  const show = (tag) => {
    for (const one of all('[data-language]')) one.hidden = one.dataset.language !== tag;
    const shown = document.querySelector('[data-language="' + tag + '"]');
    document.documentElement.lang = tag;
    document.title = shown.dataset.title;
  };
  for (const button of all('button[data-show]')) {
    button.addEventListener('click', () => {
      show(button.dataset.show);
      document.querySelector('[data-language]:not([hidden]) button[data-show]').focus();
    });
  }
  for (const input of all('input[data-filter]')) {
    input.addEventListener('input', () => {
      const wanted = input.value.trim().toLowerCase();
      for (const row of all('tbody tr', document.getElementById(input.dataset.filter))) {
        row.hidden = !row.textContent.toLowerCase().includes(wanted);
      }
    });
  }
})();
`;

const hashOf = (text: string): string =>
  `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** What the page may do: its own style and script, and nothing from anywhere else. */
export const CONTENT_POLICY = [
  "default-src 'none'",
  `style-src ${hashOf(STYLE)}`,
  `script-src ${hashOf(SCRIPT)}`,
  "form-action 'self'",
  "base-uri 'none'",
].join('; ');
